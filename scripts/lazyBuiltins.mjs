import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Modules of Node that take milliseconds to load, and that most runs do not need. */
const rarelyNeeded = /^node:(?:crypto|readline|v8|worker_threads|zlib)$/;

/**
 * Loads some modules of Node at the first use of what they export, not at the start. A class that is extended is used
 * at the start.
 *
 * @type {import("esbuild").Plugin}
 */
export const lazyBuiltins = {
  name: "lazy builtins",
  setup(build) {
    build.onResolve({ filter: rarelyNeeded }, ({ path, namespace }) =>
      namespace === "lazy" ? { path, external: true } : { path, namespace: "lazy" },
    );
    build.onLoad({ filter: /.*/, namespace: "lazy" }, ({ path }) => ({
      contents: `module.exports = {${Object.keys(require(path))
        .map((name) => `get ${name}() { return require("${path}").${name}; },`)
        .join("")}};`,
    }));
  },
};
