// `npm run bench`: installs the compared programs, builds, and runs. See `-- --help`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { sourcePlugins } from "../scripts/sources.mjs";
import { dataFolder } from "./data/folder.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
process.chdir(root);

if (process.argv.includes("--clean")) {
  rmSync(dataFolder, { recursive: true, force: true });
  console.error(`removed ${dataFolder}`);
} else {
  installPeers();
  const main = await build();
  const { runBench } = await import(pathToFileURL(main).href);
  process.exitCode = await runBench(process.argv.slice(2));
}

/** Installs them only if they are missing, in the versions of the lock file. */
function installPeers() {
  const installed = join(here, "node_modules", ".package-lock.json");
  const isThere =
    existsSync(installed) && isSame(readLock(installed), readLock(join(here, "package-lock.json")));
  if (isThere) {
    return;
  }
  console.error("installing what is compared with: npm ci --prefix bench");
  const { status } = spawnSync("npm", ["ci", "--prefix", here, "--ignore-scripts", "--no-audit"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    throw new Error("the packages of bench/package.json could not be installed");
  }
}

/** @param {string} path */
function readLock(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages;
}

/**
 * Compares the versions. The installed packages may lack binaries for other machines.
 *
 * @param {Record<string, { version?: string }>} installed
 * @param {Record<string, { version?: string }>} locked
 */
function isSame(installed, locked) {
  return Object.entries(installed).every(
    ([name, { version }]) => name === "" || locked[name]?.version === version,
  );
}

/** Bundles the bench and each candidate as separate programs, from the current sources. */
async function build() {
  const folder = join(dataFolder, "build");
  rmSync(folder, { recursive: true, force: true });
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ["bench/main.ts", "bench/worker.ts", "bench/candidates/*.ts"],
    outdir: folder,
    outbase: "bench",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    loader: { ".kql": "text" },
    plugins: [...sourcePlugins],
    define: { __VERSION__: JSON.stringify(version) },
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  return join(folder, "main.mjs");
}
