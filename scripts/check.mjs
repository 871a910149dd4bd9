// `npm run check`: what to run before a commit. Runs every step, then names those that failed.
import { run } from "./run.mjs";

/** @type {readonly (readonly [name: string, file: string, ...args: string[]])[]} */
const steps = [
  ["format", "node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."],
  ["lint", "node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"],
  ["types", "node_modules/typescript/bin/tsc", "--noEmit"],
  ["architecture", "scripts/architecture.mjs"],
  ["unused", "node_modules/knip/bin/knip.js"],
  ["tests", "scripts/test.mjs", "quick"],
];

/** @type {string[]} */
const failed = [];
for (const [name, file, ...args] of steps) {
  const startedAt = Date.now();
  const code = run(file, args);
  if (code !== 0) {
    failed.push(name);
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
}

if (failed.length > 0) {
  console.error(`check failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
