// Files of rules: read where they are imported, by the build and by the tests, so that no parser is needed for them.
import { readFile } from "node:fs/promises";
import { parse } from "yaml";

/**
 * What a file of rules says, as JSON.
 *
 * @param {string} path
 */
export async function readAsJson(path) {
  return JSON.stringify(parse(await readFile(path, "utf8")));
}

/** @type {import("esbuild").Plugin} */
export const yamlPlugin = {
  name: "yaml",
  setup(build) {
    build.onLoad({ filter: /\.yaml$/ }, async ({ path }) => ({
      contents: await readAsJson(path),
      loader: "json",
    }));
  },
};
