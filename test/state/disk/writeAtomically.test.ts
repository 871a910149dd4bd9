import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { syncFolder, writeAtomically } from "../../../src/state/disk/writeAtomically.ts";
import { temporaryFolder } from "../../cli/terminal.ts";

test("a file is made, and replaced as a whole, readable by its owner only", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "file.json");
  await writeAtomically(path, "one, and long");
  chmodSync(path, 0o644);
  await writeAtomically(path, "two");
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["file.json"]);
});

test("a write that fails leaves the old content and no draft", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "file.json");
  mkdirSync(path);
  writeFileSync(join(path, "inside"), "old");
  await expect(writeAtomically(path, "new")).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(["file.json"]);
  expect(readFileSync(join(path, "inside"), "utf8")).toBe("old");
});

test("a draft that a dead process left is written over", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "file.json");
  writeFileSync(`${path}.${process.pid}.tmp`, "half of something much lon");
  await writeAtomically(path, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(folder)).toEqual(["file.json"]);
});

test("a missing folder is an error", async () => {
  await expect(syncFolder(join(temporaryFolder(), "missing"))).rejects.toThrow("ENOENT");
});
