// Bundles the programs into dist/. `--quiet` prints errors only.
import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import {
  bundleApp,
  developerBeside,
  reportPageBeside,
  tunePageBeside,
  xmlBeside,
  yamlBeside,
} from "./appBundle.mjs";
import { lazyBuiltins } from "./lazyBuiltins.mjs";
import { softwareBill } from "./sbom.mjs";
import { sourcePlugins } from "./sources.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(await readFile(`${root}/package.json`, "utf8"));

// Packages written as CommonJS call `require` at run time, which an ES module does not have.
const requireForCommonJs =
  'import { createRequire as __createRequire } from "node:module";\n' +
  "const require = __createRequire(import.meta.url);";

/**
 * The bundles that `loadBundle` loads, whose names change with their content.
 *
 * @type {esbuild.BuildOptions}
 */
const loaded = {
  format: "cjs",
  entryNames: "[name]-[hash]",
  // V8 reads ASCII faster than UTF-8.
  charset: "ascii",
  supported: { "dynamic-import": false },
  minify: true,
};

/** @type {readonly { from: string, to: string, options: esbuild.BuildOptions }[]} */
const loadedEntries = [
  {
    from: "src/cli/run.ts",
    to: "dist/program.cjs",
    options: {
      ...loaded,
      plugins: [
        ...sourcePlugins,
        lazyBuiltins,
        reportPageBeside,
        tunePageBeside,
        yamlBeside("./app/yaml.cjs"),
      ],
    },
  },
  { from: "src/cli/searches.ts", to: "dist/searches.cjs", options: loaded },
];

/** @type {readonly { from: string, to: string, options: esbuild.BuildOptions }[]} */
const entries = [
  { from: "src/cli/main.ts", to: "dist/cli.mjs", options: { format: "esm", minify: true } },
  {
    from: "src/cli/report/page.ts",
    to: "dist/reportPage.cjs",
    options: { format: "cjs", minify: true },
  },
  {
    from: "src/cli/tune/tunePage.ts",
    to: "dist/tunePage.cjs",
    options: { format: "cjs", minify: true },
  },
  { from: "src/cli/searchThread.ts", to: "dist/searchThread.mjs", options: { format: "esm" } },
  {
    from: "src/doctor/main.ts",
    to: "dist/doctor.mjs",
    options: {
      format: "esm",
      minify: true,
      banner: { js: requireForCommonJs },
      plugins: [
        ...sourcePlugins,
        developerBeside("./app/developer.cjs"),
        xmlBeside("./app/xml.cjs"),
        yamlBeside("./app/yaml.cjs"),
      ],
    },
  },
  {
    from: "standins/start.ts",
    to: "dist/start.mjs",
    // For development only: packages stay in node_modules.
    options: { format: "esm", packages: "external" },
  },
];

const quiet = process.argv.includes("--quiet");

await rm(`${root}/dist`, { recursive: true, force: true });
const appBundles = bundleApp(`${root}/dist/app`, manifest.version).catch(() => process.exit(1));
const [program, searches] = await Promise.all(loadedEntries.map((entry) => bundle(entry)));
const names = { __PROGRAM__: nameOf(program), __SEARCHES__: nameOf(searches) };
const others = await Promise.all(entries.map((entry) => bundle(entry, names)));
const bundles = [...(await appBundles), program, searches, ...others];
await writeFile(
  `${root}/dist/sbom.cdx.json`,
  softwareBill(bundles.filter((each) => each !== undefined)),
);
await describeApp();
await chmod(`${root}/dist/cli.mjs`, 0o755);

const shown = [...Object.values(names), ...entries.map(({ to }) => basename(to)), "app/main.cjs"];
for (const name of quiet ? [] : shown) {
  const { size } = await stat(`${root}/dist/${name}`);
  console.log(`dist/${name}  ${Math.ceil(size / 1000)} KB`);
}

/**
 * @param {typeof entries[number]} entry
 * @param {Readonly<Record<string, string>>} [texts] that the source names
 */
async function bundle({ from, to, options }, texts = {}) {
  const { metafile } = await esbuild
    .build({
      metafile: true,
      absWorkingDir: root,
      entryPoints: [{ in: from, out: basename(to, extname(to)) }],
      outdir: dirname(to),
      outExtension: { ".js": extname(to) },
      bundle: true,
      platform: "node",
      target: "node20",
      sourcemap: false,
      legalComments: "external",
      charset: "utf8",
      loader: { ".kql": "text" },
      plugins: [...sourcePlugins],
      define: Object.fromEntries(
        Object.entries({ __VERSION__: manifest.version, ...texts }).map(([name, text]) => [
          name,
          JSON.stringify(text),
        ]),
      ),
      logLevel: "warning",
      ...options,
    })
    .catch(() => process.exit(1)); // esbuild has already reported the error and its place.
  return metafile;
}

/** @param {esbuild.Metafile | undefined} metafile */
function nameOf(metafile) {
  const path = Object.keys(metafile?.outputs ?? {}).find((each) => each.endsWith(".cjs"));
  return basename(path ?? "");
}

/** Makes the folder deployable as is. The bundle needs no node_modules. */
async function describeApp() {
  const { name, version } = manifest;
  await mkdir(`${root}/dist/app`, { recursive: true });
  await writeFile(
    `${root}/dist/app/package.json`,
    `${JSON.stringify({ name, version, main: "main.cjs" }, null, 2)}\n`,
  );
  await writeFile(`${root}/dist/app/host.json`, await readFile(`${root}/host.json`, "utf8"));
}
