// Writes the files that are derived from declarations: docs/cli.md from src/cli/, which the parser and the help also
// use; the README's table of settings and infra/settings.bicep from src/settings/definitions.ts; the table of
// parameters in docs/deploy.md from infra/azuredeploy.json; the tables of names in docs/exports.md from
// src/detection/signin/fieldNames.ts; and the copies of infra/ in Solutions/. With --check it
// only compares, and exits with 1 if a file differs from what it would write. Without
// it, the pictures of the README are made as well.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { format } from "prettier";
import { sourcePlugins } from "./sources.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The path that the Azure-Sentinel repository requires. */
const solution = "Solutions/MFA Denial Detector";

/** @typedef {Readonly<Record<string, { readonly fallback: string | null, readonly help: string }>>} Definitions */

/** @typedef {Readonly<Record<string, readonly string[]>>} Names */

const { docs, definitions, fieldNames, stepNames } = await declared();
const files = {
  "docs/cli.md": docs,
  "README.md": await withTable("README.md", "settings", settingsTable(definitions)),
  "docs/deploy.md": await withTable("docs/deploy.md", "parameters", parametersTable()),
  "docs/exports.md": await withTable(
    "docs/exports.md",
    "names",
    `${namesTable("field", fieldNames)}\n${namesTable("field of a step", stepNames)}`,
  ),
  "infra/settings.bicep": settingsType(definitions),
  [`${solution}/Analytic Rules/RepeatedMfaDenials.yaml`]:
    committed("infra/findings/analyticsRule.yaml") ?? "",
  [`${solution}/Workbooks/MfaDenyDetector.json`]: withoutPlaces(
    committed("infra/workbook.json") ?? "",
  ),
};
for (const [path, text] of Object.entries(files)) {
  if (!process.argv.includes("--check")) {
    writeFileSync(join(root, path), text);
  } else if (committed(path) !== text) {
    console.error(`${path} does not match the code; run: node scripts/make-docs.mjs`);
    process.exitCode = 1;
  }
}

if (!process.argv.includes("--check")) {
  const { makePictures } = await import("./pictures.mjs");
  console.log(await makePictures());
}

/** @returns {Promise<{ docs: string, definitions: Definitions, fieldNames: Names, stepNames: Names }>} */
async function declared() {
  const folder = mkdtempSync(join(tmpdir(), "mfa-deny-docs-"));
  const outfile = join(folder, "docs.mjs");
  try {
    await build({
      stdin: {
        contents:
          'import { commandLineDocs } from "./src/cli/docs.ts";' +
          'import { loadCommand } from "./src/cli/commands.ts";' +
          'import { heads } from "./src/cli/heads.ts";' +
          'export { definitions } from "./src/settings/definitions.ts";' +
          'export { fieldNames, stepNames } from "./src/detection/signin/fieldNames.ts";' +
          "const commands = await Promise.all(Object.keys(heads).map(loadCommand));" +
          "export const docs = commandLineDocs(commands);",
        resolveDir: root,
        loader: "ts",
      },
      bundle: true,
      format: "esm",
      platform: "node",
      banner: {
        js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);',
      },
      define: { __VERSION__: '""' },
      plugins: [...sourcePlugins],
      outfile,
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Returns a document with a table between its marks.
 *
 * @param {string} path
 * @param {string} mark
 * @param {string} table
 */
async function withTable(path, mark, table) {
  const text = committed(path) ?? "";
  const begin = `<!-- ${mark} -->`;
  const from = text.indexOf(begin) + begin.length;
  const formatted = await format(table, { parser: "markdown" });
  return `${text.slice(0, from)}\n\n${formatted}\n${text.slice(text.indexOf("<!-- end -->", from))}`;
}

/** @param {Definitions} all */
function settingsTable(all) {
  const rows = Object.entries(all).map(([name, { fallback, help }]) => {
    const standard = fallback === null || fallback === "" ? "none" : `\`${fallback}\``;
    return `| \`${name}\` | ${standard} | ${help} |\n`;
  });
  return `| setting | default | what it is for |\n| --- | --- | --- |\n${rows.join("")}`;
}

/**
 * @param {string} head
 * @param {Names} all
 */
function namesTable(head, all) {
  const rows = Object.entries(all).map(
    ([field, names]) => `| \`${field}\` | ${names.map((name) => `\`${name}\``).join(", ")} |\n`,
  );
  return `| ${head} | names, first choice first |\n| --- | --- |\n${rows.join("")}`;
}

function parametersTable() {
  /** @type {{ parameters: Readonly<Record<string, { defaultValue?: unknown, metadata?: { description?: string } }>> }} */
  const { parameters } = JSON.parse(committed("infra/azuredeploy.json") ?? "{}");
  const rows = Object.entries(parameters).map(([name, { defaultValue, metadata }]) => {
    const text = typeof defaultValue === "string" ? defaultValue : JSON.stringify(defaultValue);
    const standard =
      defaultValue === undefined
        ? "required"
        : text.startsWith("[") && typeof defaultValue === "string"
          ? "computed"
          : text === "" || text === "{}" || text === "[]"
            ? "none"
            : `\`${text}\``;
    return `| \`${name}\` | ${standard} | ${metadata?.description ?? ""} |\n`;
  });
  return `| parameter | default | what it is for |\n| --- | --- | --- |\n${rows.join("")}`;
}

/**
 * Returns the settings without a parameter of their own in the template, as a type that rejects any other name.
 *
 * @param {Definitions} all
 */
function settingsType(all) {
  const given = ["app", "settings"].map((name) => committed(`infra/modules/${name}.bicep`)).join();
  const further = Object.entries(all).filter(
    // A connection string would be a secret in a parameter. The template uses the identity.
    ([name]) => name !== "STATE_STORAGE" && !new RegExp(`^ +${name}:`, "m").test(given),
  );
  return [
    "// Written by scripts/make-docs.mjs from src/settings/definitions.ts; change it there.",
    "",
    "@export()",
    "@description('Further settings of the app, by name: those that no other parameter gives.')",
    "@sealed()",
    "type FurtherSettings = {",
    ...further.map(([name]) => `  ${name}: string?`),
    "}",
    "",
  ].join("\n");
}

/**
 * In a gallery, users choose the workspaces when they open the workbook.
 *
 * @param {string} workbook
 */
function withoutPlaces(workbook) {
  return workbook.replace(/"<(?:Sentinel|telemetry) workspace>"/g, "null");
}

/** @param {string} path */
function committed(path) {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}
