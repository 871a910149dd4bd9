// `npm start`: builds, then runs the demonstration with the same arguments.
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

const start = fileURLToPath(new URL("../dist/start.mjs", import.meta.url));

process.exitCode = run("scripts/build.mjs", ["--quiet"]) || run(start, process.argv.slice(2));
