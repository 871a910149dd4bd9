// Creates the files of a release in out/release, and its notes in out/release-notes.md: node scripts/release.mjs
// --tag v0.2.0 The files are the app's zip, the package of the command line, the template with the zip's hash in it,
// the list of packages in the bundles, and SHA256SUMS of them all.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { zip } from "./zip.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "out", "release");
const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const { tag } = parseArgs({ options: { tag: { type: "string", default: "" } } }).values;
const problems = [
  ...(tag === `v${version}`
    ? []
    : [`the tag is "${tag}", but package.json has version ${version}`]),
  ...(changes() === undefined ? [`CHANGELOG.md has no section [${version}]`] : []),
  ...(releasedUri().endsWith(`/v${version}/${name}-app-${version}.zip`)
    ? []
    : [`infra/release.json names ${releasedUri()}`]),
];
if (problems.length > 0) {
  problems.forEach((problem) => console.error(`release: ${problem}`));
  process.exit(1);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
npm("pack", "--silent", "--pack-destination", folder); // builds as well
const app = join(root, "dist", "app");
const files = readdirSync(app).toSorted();
const archive = zip(files.map((file) => ({ name: file, content: readFileSync(join(app, file)) })));
writeFileSync(join(folder, `${name}-app-${version}.zip`), archive);
writeFileSync(join(folder, "azuredeploy.json"), templateWith(sha256(archive)));
copyFileSync(
  join(root, "infra", "createUiDefinition.json"),
  join(folder, "createUiDefinition.json"),
);
copyFileSync(join(root, "dist", "sbom.cdx.json"), join(folder, "sbom.cdx.json"));
const sums = readdirSync(folder)
  .toSorted()
  .map((file) => `${sha256(readFileSync(join(folder, file)))}  ${file}\n`);
writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
writeFileSync(join(root, "out", "release-notes.md"), changes() ?? "");
console.log(sums.join("").trimEnd());

/** Returns the section of this version, without its heading. */
function changes() {
  const text = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const heading = `\n## [${version}]`;
  const from = text.indexOf(heading);
  if (from < 0) {
    return undefined;
  }
  const body = text.slice(text.indexOf("\n", from + 1) + 1);
  const end = body.indexOf("\n## ");
  return `${(end < 0 ? body : body.slice(0, end)).trim()}\n`;
}

function releasedUri() {
  return String(JSON.parse(readFileSync(join(root, "infra", "release.json"), "utf8")).packageUri);
}

/** @param {string} hash of the app's zip */
function templateWith(hash) {
  const template = readFileSync(join(root, "infra", "azuredeploy.json"), "utf8");
  const filled = template.replaceAll('"packageSha256": ""', `"packageSha256": "${hash}"`);
  if (filled === template) {
    throw new Error("infra/azuredeploy.json has no place for the hash of the package");
  }
  return filled;
}

/** @param {Buffer} content */
function sha256(content) {
  return createHash("sha256").update(content).digest("hex");
}

/** @param {readonly string[]} args */
function npm(...args) {
  const { status } = spawnSync("npm", args, {
    cwd: root,
    stdio: ["ignore", process.stderr, process.stderr],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    process.exit(1);
  }
}
