import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLogFiles } from "../../../src/logs/files/findLogFiles.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "find-logs-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const put = async (...names: readonly string[]) => {
  for (const name of names) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), "[]");
  }
};
const names = async (...paths: readonly string[]) =>
  (await findLogFiles(paths.map((path) => join(folder, path)))).map(({ source }) =>
    source.slice(folder.length + 1),
  );

describe("a folder", () => {
  test("gives its logs in sorted order, those of folders in it too", async () => {
    await put("b.json", "a/z.ndjson", "a/b/c.jsonl.gz", "c.LOG", "B.json.gz");
    expect(await names(".")).toEqual([
      "B.json.gz",
      "a/b/c.jsonl.gz",
      "a/z.ndjson",
      "b.json",
      "c.LOG",
    ]);
  });

  test("does not give hidden files and files of other kinds", async () => {
    await put("a.json", ".b.json", ".git/c.json", "d.md", "e.png");
    expect(await names(".")).toEqual(["a.json"]);
  });

  test("gives logs under names of programs: rotated, packed without a kind, without an ending", async () => {
    await put("entra.log.1", "entra.log.2.gz", "part-0.gz", "stream-1-2026-03-10-09", "b.md.1");
    expect(await names(".")).toEqual([
      "entra.log.1",
      "entra.log.2.gz",
      "part-0.gz",
      "stream-1-2026-03-10-09",
    ]);
  });

  test("is not left or entered twice through links to folders", async () => {
    await put("a/b.json");
    await symlink(folder, join(folder, "a", "again"));
    await symlink(folder, join(folder, "a", "again.json"));
    await symlink(join(folder, "a", "b.json"), join(folder, "link.json"));
    expect(await names(".")).toEqual(["a/b.json", "link.json"]);
  });

  test("without logs is refused", async () => {
    await put("a.md");
    await expect(names(".")).rejects.toThrow(`${folder}: the folder contains no logs`);
  });

  test.skipIf(process.getuid?.() === 0)("that may not be read is refused", async () => {
    await put("a/b.json");
    await chmod(join(folder, "a"), 0o000);
    await expect(names(".")).rejects.toThrow(
      `${join(folder, "a")}: permission to read it is denied`,
    );
    await chmod(join(folder, "a"), 0o700);
  });
});

describe("a file", () => {
  test("is taken whatever its name, with its size", async () => {
    await put("export.backup");
    const path = join(folder, "export.backup");
    expect(await findLogFiles([path])).toEqual([{ source: path, path, bytes: 2 }]);
  });

  test("named twice is taken once", async () => {
    await put("a/b.json", "a/c.json");
    expect(await names("a/c.json", "a", "./a/b.json")).toEqual(["a/c.json", "a/b.json"]);
  });

  test("that is missing is refused", async () => {
    await expect(findLogFiles(["missing.json"])).rejects.toMatchObject({
      name: "InputError",
      source: "missing.json",
      message: "missing.json: no such file or folder",
    });
  });

  test("called - is standard input", async () => {
    expect(await findLogFiles(["-", "-"])).toEqual([{ source: "-", path: null, bytes: null }]);
  });
});
