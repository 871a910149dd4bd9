import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Turn } from "./rounds.ts";

export interface WorkerOptions {
  readonly nodeArguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Times the process from its start to its end, instead of its work. */
  readonly wholeProcess?: boolean;
}

/** Runs a module of `candidates/` once, in a fresh process. */
export async function inFreshProcess(
  candidate: string,
  task: object,
  { nodeArguments = [], environment = {}, wholeProcess = false }: WorkerOptions = {},
): Promise<Turn> {
  const startedAt = performance.now();
  const worker = fileURLToPath(new URL("worker.mjs", import.meta.url));
  const child = spawn(
    process.execPath,
    [...nodeArguments, worker, candidate, JSON.stringify(task)],
    {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...process.env, ...environment },
    },
  );
  const turns: Turn[] = [];
  child.on("message", (message) => turns.push(message as Turn));
  await ended(child, `candidate ${candidate}`);
  const [turn] = turns;
  if (turn === undefined) {
    throw new Error(`candidate ${candidate} gave no result`);
  }
  return wholeProcess ? { ...turn, ms: performance.now() - startedAt } : turn;
}

/** Times a shell command, including its start. */
export async function shell(line: string): Promise<Turn> {
  const startedAt = performance.now();
  const child = spawn("sh", ["-c", line], { stdio: ["ignore", "ignore", "inherit"] });
  await ended(child, line);
  return { ms: performance.now() - startedAt };
}

async function ended(child: ChildProcess, what: string): Promise<void> {
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code !== 0) {
    throw new Error(`${what} ended with ${code ?? signal}`);
  }
}
