#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { exitCodes } from "./command.ts";
import { loadBundle } from "./loadBundle.ts";
import type * as theProgram from "./run.ts";

/** A run of this length has often compiled more than what is kept. */
const longRunMs = 400;

const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));
process.once("SIGTERM", () => interrupt.abort(new Error("interrupted")));
process.stdout.on("error", lose);
process.stderr.on("error", lose);

const { stdout, stderr, env } = process;
const args = process.argv.slice(2);
if (args[0] === "--version") {
  stdout.write(`${__VERSION__}\n`);
} else {
  const file = (name: string) => new URL(name, import.meta.url);
  const program = loadBundle<typeof theProgram>(
    fileURLToPath(file(__PROGRAM__)),
    args[0]?.replace(/^-+/, "") ?? "help",
  );
  process.exitCode = await program.exports.run(args, {
    stdout,
    stderr,
    env,
    signal: interrupt.signal,
    threadProgram: file("searchThread.mjs"),
    loadDoctor: () => import(file("doctor.mjs").href),
  });
  // Other arguments may be anything, and ended in an error.
  const isWorthIt = !program.wasKept || performance.now() > longRunMs;
  if (isWorthIt && process.exitCode !== exitCodes.unusable) {
    program.exports.resetEngine();
    program.keep();
  }
}

/** Handles lost output. A reader that went away (`mfa-deny … | head`) is not an error; any other loss is. */
function lose(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") {
    process.stderr.write(
      `mfa-deny: the output cannot be written (${error.code ?? error.message})\n`,
    );
    process.exit(exitCodes.unusable);
  }
}
