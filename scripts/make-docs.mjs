// Writes docs/cli.md out of the declarations in src/cli/, which the parser and the help use too. With
// --check it only compares, and exits with 1 when the file differs from what it would write.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { watPlugin } from "./wat.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const path = "docs/cli.md";

const text = await written();
if (!process.argv.includes("--check")) {
  writeFileSync(join(root, path), text);
} else if (committed() !== text) {
  console.error(`${path} is not what src/cli declares; run: node scripts/make-docs.mjs`);
  process.exitCode = 1;
}

/** @returns {Promise<string>} */
async function written() {
  const folder = mkdtempSync(join(tmpdir(), "mfa-deny-docs-"));
  const outfile = join(folder, "docs.mjs");
  try {
    await build({
      stdin: {
        contents:
          'import { commandLineDocs } from "./src/cli/docs.ts";' +
          'import { commands } from "./src/cli/commands.ts";' +
          "export const docs = commandLineDocs(commands);",
        resolveDir: root,
        loader: "ts",
      },
      bundle: true,
      format: "esm",
      platform: "node",
      define: { __VERSION__: '""' },
      plugins: [watPlugin],
      outfile,
    });
    const { docs } = await import(pathToFileURL(outfile).href);
    return docs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function committed() {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}
