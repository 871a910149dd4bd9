// Assembles WebAssembly from its text format when it is imported, for the build and the tests.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import wabt from "wabt";

/** A line that stands for another file of the same folder. The format itself knows nothing of the kind. */
const inclusion = /^ *\(include "([\w.]+)"\)$/gm;

/**
 * Returns a module whose default export is the assembled bytes.
 *
 * @param {string} path of the text
 * @returns {Promise<string>} JavaScript
 */
export async function assembled(path) {
  const tools = await wabt();
  const module = tools.parseWat(path, await wholeText(path), { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  return `export default Buffer.from("${Buffer.from(buffer).toString("base64")}", "base64");`;
}

/** @param {string} path */
async function wholeText(path) {
  const text = await readFile(path, "utf8");
  const names = [...text.matchAll(inclusion)].map(([, name = ""]) => name);
  const parts = await Promise.all(names.map((name) => readFile(join(dirname(path), name), "utf8")));
  return text.replaceAll(inclusion, () => parts.shift() ?? "");
}

/** @type {import("esbuild").Plugin} */
export const watPlugin = {
  name: "wat",
  setup(build) {
    build.onLoad({ filter: /\.wat$/ }, async ({ path }) => ({ contents: await assembled(path) }));
  },
};
