import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const built = fileURLToPath(new URL("../../dist/cli.mjs", import.meta.url));
export const example = fileURLToPath(
  new URL("../../examples/contoso-day.ndjson.gz", import.meta.url),
);

const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) {
    child.kill("SIGKILL");
  }
});

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface StartOptions {
  /** Null: standard input stays open. */
  readonly stdin?: string | Buffer | null;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly node?: readonly string[];
  readonly cwd?: string;
}

/** The built command in a separate process. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  return startFile(built, args, options);
}

export function startFile(
  file: string,
  args: readonly string[],
  { stdin = "", env = {}, node = [], cwd = root }: StartOptions,
): Running {
  const child = spawn(process.execPath, [...node, file, ...args], {
    cwd,
    env: { ...process.env, ...env },
  });
  running.add(child);
  child.on("close", () => running.delete(child));
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  if (stdin !== null) {
    child.stdin.end(stdin);
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, ended };
}

export function mfaDeny(args: readonly string[], options?: StartOptions): Promise<Ended> {
  return start(args, options).ended;
}
