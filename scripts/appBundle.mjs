// How the app is bundled, for deployment by build.mjs and for the tests that run it.
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { sourcePlugins } from "./sources.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @param {string} bundle that contains the queues' client */
const asksAddress = (bundle) => ["doctor.cjs", "queue.cjs"].includes(bundle);
const ownUrl = 'require("node:url").pathToFileURL(__filename).href';

/** Parts that scheduled runs do not load. Each is a file beside main.cjs. */
const rareParts = [
  { from: "src/doctor/inApp.ts", to: "doctor.cjs" },
  { from: "src/azure/developerCredential.ts", to: "developer.cjs" },
  { from: "src/azure/poisonMessages.ts", to: "queue.cjs" },
  { from: "functions/tuning.ts", to: "tune.cjs" },
  { from: "@azure/core-xml", to: "xml.cjs" },
  { from: "src/settings/yamlText.ts", to: "yaml.cjs" },
];

/**
 * Bundles the app into a folder that can be deployed as is, without node_modules.
 *
 * @param {string} folder
 * @param {string} version
 * @param {esbuild.BuildOptions} [more]
 * @returns the content of each bundle
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
        // Only for stack traces with --enable-source-maps.
        sourcemap: to === "main.cjs" ? "linked" : false,
        sourcesContent: false,
        legalComments: "external",
        // V8 reads ASCII faster than UTF-8.
        charset: "ascii",
        loader: { ".kql": "text" },
        // It exists only inside the Functions worker, which supplies it through `require`.
        external: ["@azure/functions-core"],
        // A package asks for the URL of its ES module, which has another name in a CommonJS bundle.
        banner: asksAddress(to) ? { js: `const __url = ${ownUrl};` } : {},
        define: {
          __VERSION__: JSON.stringify(version),
          ...(asksAddress(to) && { "import.meta.url": "__url" }),
        },
        plugins: [
          ...sourcePlugins,
          newNode,
          developerBeside("./developer.cjs"),
          ...(to === "yaml.cjs" ? [] : [yamlBeside("./yaml.cjs")]),
          ...(to === "main.cjs" ? [doctorBeside, queueBeside, tuneBeside] : []),
          ...(to === "xml.cjs" ? [] : [xmlBeside("./xml.cjs")]),
        ],
        metafile: true,
        logLevel: "warning",
        ...more,
      }),
    ),
  );
  return results.map(({ metafile }) => metafile);
}

/** @param {string} place of the bundle with the developers' credentials, relative to the importing one */
export const developerBeside = (place) => beside(/\/developerCredential\.ts$/, place);

/** The pages of `mfa-deny report` and `tune` with their charts. No other command loads these megabytes. */
export const reportPageBeside = beside(/\/page\.ts$/, "./reportPage.cjs");
export const tunePageBeside = beside(/\/tunePage\.ts$/, "./tunePage.cjs");

const doctorBeside = beside(/\/doctor\/inApp\.ts$/, "./doctor.cjs");
const tuneBeside = beside(/\/tuning\.ts$/, "./tune.cjs");
const queueBeside = beside(/\/poisonMessages\.ts$/, "./queue.cjs");

/**
 * `jsonwebtoken` asks `semver` (26 KB) whether Node is at least 6, 15 and 16. The app needs a newer one anyway.
 *
 * @type {esbuild.Plugin}
 */
const newNode = {
  name: "new node",
  setup(build) {
    build.onResolve({ filter: /^semver$/ }, ({ path, importer }) =>
      /[/\\]jsonwebtoken[/\\]/.test(importer) ? { path, namespace: "new node" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "new node" }, () => ({
      contents: "export const satisfies = () => true;",
    }));
  },
};

/**
 * Moves a dynamically imported module to a separate bundle beside this one.
 *
 * @param {RegExp} module the end of its path in the import
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
 * Rules that are ids or JSON need no YAML parser (113 KB), so it is loaded with the first text that does.
 *
 * @param {string} place of its bundle, seen from the importing one
 * @returns {esbuild.Plugin}
 */
export const yamlBeside = (place) => ({
  name: "yaml beside",
  setup(build) {
    build.onResolve({ filter: /\/yamlText\.ts$/ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path, namespace: "yaml later" },
    );
    build.onResolve({ filter: /\/yaml\.cjs$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: "yaml later" }, () => ({
      contents: `export const readYaml = (text) => require("${place}").readYaml(text);`,
    }));
  },
});

/**
 * Tables answer in JSON. Only an error from in front of them may be XML, so the parser (76 KB) is loaded when
 * one comes.
 *
 * @param {string} place of its bundle, seen from the importing one
 * @returns {esbuild.Plugin}
 */
export const xmlBeside = (place) => ({
  name: "xml beside",
  setup(build) {
    build.onResolve({ filter: /^@azure\/core-xml$/ }, ({ path }) => ({ path, namespace: "later" }));
    build.onResolve({ filter: /\/xml\.cjs$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: "later" }, () => ({
      contents: `
        export const XML_ATTRKEY = "$";
        export const XML_CHARKEY = "_";
        export const parseXML = (...given) => require("${place}").parseXML(...given);
        export const stringifyXML = (...given) => require("${place}").stringifyXML(...given);
      `,
    }));
  },
});
