// `npm pack` and `npm publish` run this before and after packing. It builds, even in a fresh clone, and removes from
// the packed package.json what only development needs. The bundles contain their packages, so users install nothing
// else.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const manifest = path("package.json");
const kept = path(".package.json.kept");

const unpublished = new Set(["dependencies", "devDependencies", "allowScripts", "scripts"]);

switch (process.argv[2]) {
  case "before":
    restore(); // after a pack that was interrupted
    if (!existsSync(path("node_modules"))) {
      npm("ci");
    }
    npm("run", "--silent", "build");
    strip();
    break;
  case "after":
    restore();
    break;
  default:
    console.error("Usage: node scripts/pack.mjs before|after");
    process.exitCode = 2;
}

function strip() {
  const text = readFileSync(manifest, "utf8");
  writeFileSync(kept, text);
  const published = Object.entries(JSON.parse(text)).filter(([name]) => !unpublished.has(name));
  writeFileSync(manifest, `${JSON.stringify(Object.fromEntries(published), null, 2)}\n`);
}

function restore() {
  if (existsSync(kept)) {
    renameSync(kept, manifest);
  }
}

/** @param {readonly string[]} args */
function npm(...args) {
  // npm prints the name of the packed file, so the scripts before it must print nothing.
  const { status } = spawnSync("npm", args, {
    cwd: path("."),
    stdio: ["ignore", process.stderr, process.stderr],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    process.exit(1);
  }
}
