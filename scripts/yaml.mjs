// Parses imported files of rules in the build and in the tests, so that the programs need no parser for them.
import { readFile } from "node:fs/promises";
import { parse } from "yaml";

/**
 * Returns the content of a file of rules as JSON.
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
