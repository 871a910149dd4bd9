// `npm start`: builds, then runs the demonstration with the same arguments.
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

const start = fileURLToPath(new URL("../dist/start.mjs", import.meta.url));

if (process.stderr.isTTY) {
  console.error("Building the app, the command line and the stand-ins…");
}
process.exitCode = run("scripts/build.mjs", ["--quiet"]) || run(start, process.argv.slice(2));
