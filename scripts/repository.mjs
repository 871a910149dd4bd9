// Publishes under another address: node scripts/repository.mjs OWNER/NAME. package.json says where the repository is;
// this changes it there and in every other file that names it. Runs in the current folder.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const [to = ""] = process.argv.slice(2);
const { repository } = JSON.parse(readFileSync("package.json", "utf8"));
const [, from = ""] = /github\.com\/([^/]+\/[^/]+)\.git$/.exec(repository.url) ?? [];

if (!/^[\w-]+\/[\w.-]+$/.test(to)) {
  console.error("Usage: node scripts/repository.mjs OWNER/NAME");
  process.exitCode = 2;
} else {
  const files = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" }).split("\0");
  const changed = files.filter((file) => file !== "" && rename(file));
  console.log(changed.join("\n"));
  console.log("Now run: node scripts/bicep.mjs (it needs .NET)");
}

/**
 * @param {string} file
 * @returns {boolean} whether it names the repository
 */
function rename(file) {
  const text = readFileSync(file, "latin1");
  const renamed = text
    .replaceAll(from, to)
    .replaceAll(encodeURIComponent(from), encodeURIComponent(to));
  if (renamed !== text) {
    writeFileSync(file, renamed, "latin1");
  }
  return renamed !== text;
}
