// Bundles the programs into dist/. `--quiet` prints errors only.
import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import {
  bundleApp,
  developerBeside,
  reportPageBeside,
  xmlBeside,
  yamlBeside,
} from "./appBundle.mjs";
import { softwareBill } from "./sbom.mjs";
import { sourcePlugins } from "./sources.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(await readFile(`${root}/package.json`, "utf8"));

// Packages written as CommonJS call `require` at run time, which an ES module does not have.
const requireForCommonJs =
  'import { createRequire as __createRequire } from "node:module";\n' +
  "const require = __createRequire(import.meta.url);";

/**
 * `parts`: modules that are imported dynamically become files beside the bundle, loaded when they are needed.
 *
 * @type {readonly { from: string, to: string, parts?: boolean, options: esbuild.BuildOptions }[]}
 */
const entries = [
  {
    from: "src/cli/main.ts",
    to: "dist/cli.mjs",
    parts: true,
    options: {
      format: "esm",
      minifyWhitespace: true,
      minifySyntax: true,
      banner: { js: requireForCommonJs },
      plugins: [...sourcePlugins, reportPageBeside, yamlBeside("./app/yaml.cjs")],
    },
  },
  {
    from: "src/cli/report/page.ts",
    to: "dist/reportPage.mjs",
    options: { format: "esm", minify: true },
  },
  {
    from: "src/cli/searchThread.ts",
    to: "dist/searchThread.mjs",
    options: { format: "esm" },
  },
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
const [app, others] = await Promise.all([
  bundleApp(`${root}/dist/app`, manifest.version).catch(() => process.exit(1)),
  Promise.all(entries.map(bundle)),
]);
await writeFile(
  `${root}/dist/sbom.cdx.json`,
  softwareBill([...app, ...others].filter((each) => each !== undefined)),
);
await describeApp();
await chmod(`${root}/dist/cli.mjs`, 0o755);

for (const { to } of quiet ? [] : [...entries, { to: "dist/app/main.cjs" }]) {
  const { size } = await stat(`${root}/${to}`);
  console.log(`${to}  ${Math.ceil(size / 1000)} KB`);
}

/** @param {typeof entries[number]} entry */
async function bundle({ from, to, parts = false, options }) {
  const [, folder = "", name = ""] = /^(.*)\/(.*)\.mjs$/.exec(to) ?? [];
  const { metafile } = await esbuild
    .build({
      metafile: true,
      absWorkingDir: root,
      entryPoints: [{ in: from, out: name }],
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      splitting: parts,
      chunkNames: `${name}-[name]-[hash]`,
      bundle: true,
      platform: "node",
      target: "node20",
      sourcemap: false,
      legalComments: "external",
      charset: "utf8",
      loader: { ".kql": "text" },
      plugins: [...sourcePlugins],
      define: { __VERSION__: JSON.stringify(manifest.version) },
      logLevel: "warning",
      ...options,
    })
    .catch(() => process.exit(1)); // esbuild has already reported the error and its place.
  return metafile;
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
