// `npm run check`: the checks before a commit. Runs every step, two at a time, and then lists those that failed. The
// tests come last and alone, because they use all processors.
import { spawn } from "node:child_process";
import { root, run } from "./run.mjs";

/** @typedef {readonly [name: string, file: string, ...args: string[]]} Step */

/** @type {readonly Step[]} slowest first */
const steps = [
  [
    "format",
    "node_modules/prettier/bin/prettier.cjs",
    "--check",
    "--log-level=warn",
    "--cache",
    "--cache-strategy=content",
    ".",
  ],
  [
    "types",
    "node_modules/typescript/bin/tsc",
    "--noEmit",
    "--incremental",
    "--tsBuildInfoFile",
    "node_modules/.cache/types.tsbuildinfo",
  ],
  ["lint", "node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"],
  ["architecture", "scripts/architecture.mjs"],
  ["unused", "node_modules/knip/bin/knip.js"],
];

/** @type {string[]} */
const failed = [];
const waiting = [...steps];
await Promise.all([takeSteps(), takeSteps()]);

const startedAt = Date.now();
report("tests", run("scripts/test.mjs", ["quick"]), startedAt);

if (failed.length > 0) {
  console.error(`check failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}

async function takeSteps() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    await runStep(step);
  }
}

/** @param {Step} step */
async function runStep([name, file, ...args]) {
  const began = Date.now();
  const { code, output } = await captured(file, args);
  process.stdout.write(code === 0 ? "" : output);
  report(name, code, began);
}

/** @param {string} name @param {number} code @param {number} began */
function report(name, code, began) {
  if (code !== 0) {
    failed.push(name);
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
}

/**
 * Runs a JavaScript file in parallel to others, and keeps its output together.
 *
 * @param {string} file @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function captured(file, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => (output += text));
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
