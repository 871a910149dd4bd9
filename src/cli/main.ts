import { exitCodes } from "./command.ts";
import { tuneEngine } from "./engine.ts";
import { run } from "./run.ts";

tuneEngine();
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));
process.once("SIGTERM", () => interrupt.abort(new Error("interrupted")));
process.stdout.on("error", lose);
process.stderr.on("error", lose);

const { stdin, stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env: process.env,
  signal: interrupt.signal,
  threadProgram: new URL("searchThread.mjs", import.meta.url),
  doctorProgram: new URL("doctor.mjs", import.meta.url),
});

/** Handles lost output. If a reader went away (`mfa-deny … | head`), that is not an error; any other loss is one. */
function lose(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") {
    process.stderr.write(
      `mfa-deny: the output cannot be written (${error.code ?? error.message})\n`,
    );
    process.exit(exitCodes.unusable);
  }
}
