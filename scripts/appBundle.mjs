// How the app is bundled: for deployment by build.mjs, and the same for the tests that run it.
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { watPlugin } from "./wat.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @param {string} bundle with the queues' client in it */
const asksAddress = (bundle) => ["doctor.cjs", "queue.cjs"].includes(bundle);
const ownUrl = 'require("node:url").pathToFileURL(__filename).href';

/** Parts that a run on schedule does not load. Each is a file beside main.cjs. */
const rareParts = [
  { from: "src/doctor/inApp.ts", to: "doctor.cjs" },
  { from: "src/azure/developerCredential.ts", to: "developer.cjs" },
  { from: "src/azure/poisonMessages.ts", to: "queue.cjs" },
  { from: "@azure/core-xml", to: "xml.cjs" },
];

/**
 * Bundles the app into a folder, which is deployable by itself: it needs no node_modules beside it.
 *
 * @param {string} folder
 * @param {string} version
 * @param {esbuild.BuildOptions} [more]
 * @returns what went into each bundle
 */
export async function bundleApp(folder, version, more = {}) {
  const entries = [{ from: "functions/main.ts", to: "main.cjs" }, ...rareParts];
  const results = await Promise.all(
    entries.map(({ from, to }) =>
      esbuild.build({
        absWorkingDir: root,
        entryPoints: [from],
        outfile: `${folder}/${to}`,
        bundle: true,
        platform: "node",
        target: "node20",
        format: "cjs",
        minify: true,
        // For stack traces under --enable-source-maps; nothing reads it otherwise.
        sourcemap: to === "main.cjs" ? "linked" : false,
        sourcesContent: false,
        legalComments: "external",
        charset: "utf8",
        loader: { ".kql": "text" },
        // It exists only inside the Functions worker, which supplies it through `require`.
        external: ["@azure/functions-core"],
        // A package asks an ES module for its address, which a CommonJS bundle has under another name.
        banner: asksAddress(to) ? { js: `const __url = ${ownUrl};` } : {},
        define: {
          __VERSION__: JSON.stringify(version),
          ...(asksAddress(to) && { "import.meta.url": "__url" }),
        },
        plugins: [
          watPlugin,
          developerBeside("./developer.cjs"),
          ...(to === "main.cjs" ? [doctorBeside, queueBeside, xmlBeside] : []),
        ],
        metafile: true,
        logLevel: "warning",
        ...more,
      }),
    ),
  );
  return results.map(({ metafile }) => metafile);
}

/** @param {string} place of the bundle with the credentials of developers, seen from the importing one */
export const developerBeside = (place) => beside(/\/developerCredential\.ts$/, place);

/** The page of `mfa-deny report`, with its charts: half a megabyte that no other command loads. */
export const reportPageBeside = beside(/\/page\.ts$/, "./reportPage.mjs");

const doctorBeside = beside(/\/doctor\/inApp\.ts$/, "./doctor.cjs");
const queueBeside = beside(/\/poisonMessages\.ts$/, "./queue.cjs");

/**
 * Leaves a module that is imported dynamically to a bundle of its own beside this one.
 *
 * @param {RegExp} module the end of its path, as it is imported
 * @param {string} place relative to the importing bundle
 * @returns {esbuild.Plugin}
 */
function beside(module, place) {
  return {
    name: `beside ${place}`,
    setup(build) {
      build.onResolve({ filter: module }, ({ kind }) =>
        kind === "dynamic-import" ? { path: place, external: true } : undefined,
      );
    },
  };
}

/**
 * Tables answer in JSON. Only an error from in front of them may be XML, so the parser (76 KB) is loaded when
 * one comes.
 *
 * @type {esbuild.Plugin}
 */
export const xmlBeside = {
  name: "xml beside",
  setup(build) {
    build.onResolve({ filter: /^@azure\/core-xml$/ }, ({ path }) => ({ path, namespace: "later" }));
    build.onResolve({ filter: /^\.\/xml\.cjs$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: "later" }, () => ({
      contents: `
        export const XML_ATTRKEY = "$";
        export const XML_CHARKEY = "_";
        export const parseXML = (...given) => require("./xml.cjs").parseXML(...given);
        export const stringifyXML = (...given) => require("./xml.cjs").stringifyXML(...given);
      `,
    }));
  },
};
