#!/usr/bin/env node
import { exitCodes } from "./command.ts";
import { tuneEngine } from "./engine.ts";

tuneEngine();
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));
process.once("SIGTERM", () => interrupt.abort(new Error("interrupted")));
process.stdout.on("error", lose);
process.stderr.on("error", lose);

const { stdin, stdout, stderr } = process;
const args = process.argv.slice(2);
if (args[0] === "--version") {
  stdout.write(`${__VERSION__}\n`);
} else {
  const { run } = await import("./run.ts");
  process.exitCode = await run(args, {
    stdin,
    stdout,
    stderr,
    env: process.env,
    signal: interrupt.signal,
    threadProgram: new URL("searchThread.mjs", import.meta.url),
    doctorProgram: new URL("doctor.mjs", import.meta.url),
  });
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
