/** Where the repository is: package.json says it, and everything else says the same. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const { repository } = JSON.parse(readFileSync("package.json", "utf8")) as {
  repository: { url: string };
};
const [, slug = ""] = /github\.com\/(.+)\.git$/.exec(repository.url) ?? [];
const name = slug.split("/")[1] ?? "";

const git = (folder: string, ...args: readonly string[]) =>
  execFileSync("git", args, { cwd: folder, encoding: "utf8" });

/** Files with an address of the repository, and what each address names. */
function addressesIn(folder: string, files: readonly string[]): readonly (readonly string[])[] {
  const address = new RegExp(
    `github(?:usercontent)?\\.com(?:/|%2F)([\\w-]+(?:/|%2F)${name})(?![\\w-])`,
    "g",
  );
  return files.flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(address)].map(([, found = ""]) => [
      file,
      decodeURIComponent(found),
    ]),
  );
}

const naming = git(".", "grep", "-lI", name, "--", ".", ":!test")
  .split("\n")
  .filter((file) => file !== "");

test("every address of the repository is that of package.json", () => {
  const found = addressesIn(".", naming);
  expect(found.filter(([, each]) => each !== slug)).toEqual([]);
  const files = new Set(found.map(([file]) => file));
  for (const file of ["README.md", "docs/deploy.md", "infra/release.json", "package.json"]) {
    expect(files).toContain(file);
  }
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mfa-deny-repository-"));
  for (const file of naming) {
    cpSync(file, join(folder, file), { recursive: true });
  }
  git(folder, "init", "--quiet");
  git(folder, "add", "--all");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rename = (...args: readonly string[]) =>
  spawnSync(process.execPath, [resolve("scripts/repository.mjs"), ...args], {
    cwd: folder,
    encoding: "utf8",
  });

test("one command changes all of them", () => {
  const { status, stdout } = rename(`contoso/${name}`);
  expect([status, stdout]).toEqual([0, expect.stringContaining("README.md\n")]);
  const found = addressesIn(folder, naming);
  expect(found.map(([file]) => file)).toEqual(addressesIn(".", naming).map(([file]) => file));
  expect(new Set(found.map(([, each]) => each))).toEqual(new Set([`contoso/${name}`]));
});

test.each([[[]], [["contoso"]], [["contoso/a/b"]]])("%j is no address", (args) => {
  const { status, stderr } = rename(...args);
  expect([status, stderr]).toEqual([2, "Usage: node scripts/repository.mjs OWNER/NAME\n"]);
});
