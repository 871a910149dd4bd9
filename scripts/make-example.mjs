// Writes the example day into examples/. With --check it only compares, and exits with 1 if the files differ from
// what it would write. The archive is compared by content, because compressors differ.
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = new URL("..", import.meta.url);
const logPath = "examples/contoso-day.ndjson.gz";
const truthPath = "examples/contoso-day.truth.json";

/** The generator has no dependencies, so one bundle in memory is a complete module. */
async function generator() {
  const result = await build({
    stdin: {
      contents:
        'export { exampleDay, exampleTenant } from "./src/tenant/example.ts";' +
        'export { toNdjson } from "./src/tenant/dialects.ts";',
      resolveDir: new URL(".", root).pathname,
      loader: "ts",
    },
    bundle: true,
    format: "esm",
    platform: "neutral",
    write: false,
  });
  const code = Buffer.from(result.outputFiles[0]?.contents ?? []).toString("base64");
  return import(`data:text/javascript;base64,${code}`);
}

/** @param {string} path of a file in examples/ */
function committed(path) {
  try {
    const bytes = readFileSync(new URL(path, root));
    return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch {
    return undefined;
  }
}

const { exampleDay, exampleTenant, toNdjson } = await generator();
/** @type {Readonly<Record<string, readonly { readonly row: object }[]>>} */
const around = exampleTenant().around();
const { rows, truth } = exampleDay();
const log = toNdjson(rows);
const files = [
  { path: logPath, text: log, bytes: () => gzipSync(log, { level: 9 }) },
  { path: truthPath, text: `${JSON.stringify(truth, null, 2)}\n` },
  ...Object.entries(around).map(([table, stored]) => {
    const text = toNdjson(stored.map(({ row }) => row));
    return {
      path: `examples/contoso-around/${table}.ndjson.gz`,
      text,
      bytes: () => gzipSync(text, { level: 9 }),
    };
  }),
];

for (const { path, text, bytes } of files) {
  if (process.argv.includes("--check")) {
    if (committed(path) === text) {
      continue;
    }
    console.error(`${path} does not match the generator; run: node scripts/make-example.mjs`);
    process.exitCode = 1;
  } else {
    const content = bytes?.() ?? text;
    writeFileSync(new URL(path, root), content);
    console.log(`${path}: ${String(content.length)} bytes`);
  }
}
