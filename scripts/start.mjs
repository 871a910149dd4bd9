// `npm start`: builds, then runs the demonstration; its arguments are passed on.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

const start = fileURLToPath(new URL("../dist/start.mjs", import.meta.url));

process.exitCode =
  run("scripts/build.mjs", ["--quiet"]) ||
  (existsSync(start) ? run(start, process.argv.slice(2)) : missing());

function missing() {
  console.error("dist/start.mjs was not built: src/local/start.ts is missing.");
  return 1;
}
