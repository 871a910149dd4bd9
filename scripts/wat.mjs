// Assembles WebAssembly from its text format when it is imported, for the build and the tests.
import { readFile } from "node:fs/promises";
import wabt from "wabt";

/**
 * Returns a module whose default export is the assembled bytes.
 *
 * @param {string} path of the text
 * @returns {Promise<string>} JavaScript
 */
export async function assembled(path) {
  const tools = await wabt();
  const module = tools.parseWat(path, await readFile(path, "utf8"), { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  return `export default Buffer.from("${Buffer.from(buffer).toString("base64")}", "base64");`;
}

/** @type {import("esbuild").Plugin} */
export const watPlugin = {
  name: "wat",
  setup(build) {
    build.onLoad({ filter: /\.wat$/ }, async ({ path }) => ({ contents: await assembled(path) }));
  },
};
