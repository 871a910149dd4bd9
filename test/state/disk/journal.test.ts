import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Journal, readJournal } from "../../../src/state/disk/journal.ts";
import { StateError } from "../../../src/state/disk/stateError.ts";
import { temporaryFolder } from "../../cli/terminal.ts";

interface Line {
  readonly text: string;
}

function isLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && "text" in value;
}

const path = () => join(temporaryFolder(), "journal.ndjson");

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const value of values) {
    list.push(value);
  }
  return list;
}

test("what was added is read back in order, before the journal is closed and after", async () => {
  const journal = new Journal(path(), isLine);
  journal.add({ text: "one" });
  expect(await all(journal.read())).toEqual([{ text: "one" }]);
  journal.add({ text: "two" });
  expect(await all(journal.read())).toEqual([{ text: "one" }, { text: "two" }]);
  journal.close();
  expect(await all(readJournal(journal.path, isLine))).toEqual([{ text: "one" }, { text: "two" }]);
});

test("any text survives, whatever it does to lines, and wherever a chunk ends", async () => {
  const texts = [
    "\n",
    "\r",
    "\r\n",
    "\u2028",
    "\u2029",
    "\u0085",
    "\u0000",
    "\ud800",
    "é".repeat(70_000),
    "😀".repeat(70_001),
    "",
  ];
  const journal = new Journal(path(), isLine);
  for (const text of texts) {
    journal.add({ text });
  }
  expect((await all(journal.read())).map(({ text }) => text)).toEqual(texts);
  journal.close();
  const kept = await all(readJournal(journal.path, isLine));
  expect(kept.map(({ text }) => text)).toEqual(texts);
});

test("more than is held is on the disk before it is asked for", async () => {
  const journal = new Journal(path(), isLine);
  for (let index = 0; index < 4_095; index++) {
    journal.add({ text: String(index) });
  }
  expect(existsSync(journal.path)).toBe(false);
  journal.add({ text: "4095" });
  const written = readFileSync(journal.path, "utf8");
  expect(written.match(/\n/g)).toHaveLength(4_096);
  for (let index = 4_096; index < 9_000; index++) {
    journal.add({ text: String(index) });
  }
  const texts = (await all(journal.read())).map(({ text }) => Number(text));
  expect(texts).toEqual(Array.from({ length: 9_000 }, (_, index) => index));
  journal.discard();
});

test("one that nothing was added to makes no file", async () => {
  const journal = new Journal(path(), isLine);
  expect(journal.used).toBe(false);
  expect(await all(journal.read())).toEqual([]);
  journal.close();
  journal.discard();
  expect(existsSync(journal.path)).toBe(false);
});

test("one that is discarded is gone, and stays gone", async () => {
  const journal = new Journal(path(), isLine);
  journal.add({ text: "one" });
  await all(journal.read());
  journal.add({ text: "two" });
  journal.discard();
  expect(existsSync(journal.path)).toBe(false);
  journal.discard();
});

test("one that was closed can no longer be discarded", () => {
  const journal = new Journal(path(), isLine);
  journal.add({ text: "one" });
  journal.close();
  journal.discard();
  expect(existsSync(journal.path)).toBe(true);
});

test.each([
  ["is cut off", '{"text":"on'],
  ["is cut off behind a whole value", '{"text":"one"}'],
  ["is no JSON", "oops\n"],
  ["is blank", "\n"],
  ["is something else", '{"test":1}\n'],
])("a line that %s is an error that names the file", async (_, line) => {
  const journal = new Journal(path(), isLine);
  journal.add({ text: "zero" });
  journal.close();
  appendFileSync(journal.path, line);
  await expect(all(readJournal(journal.path, isLine))).rejects.toThrow(
    new StateError(`${journal.path}: cannot be read as a journal of this tool`),
  );
});

test("a file that is missing is an error that names it", async () => {
  const missing = path();
  await expect(all(readJournal(missing, isLine))).rejects.toThrow(
    new StateError(`${missing}: cannot be read as a journal of this tool (ENOENT)`),
  );
});

test("a file that cannot be written is an error that names it", () => {
  const journal = new Journal(path(), isLine);
  mkdirSync(journal.path);
  journal.add({ text: "one" });
  expect(() => journal.close()).toThrow(
    new StateError(`${journal.path}: cannot be written (EISDIR)`),
  );
});

test("a disk that is full is an error that names the file", () => {
  const journal = new Journal("/dev/full", isLine);
  journal.add({ text: "one" });
  expect(() => journal.close()).toThrow(new StateError("/dev/full: cannot be written (ENOSPC)"));
});

test("what a reader leaves early is closed", async () => {
  const journal = new Journal(path(), isLine);
  for (let index = 0; index < 10; index++) {
    journal.add({ text: String(index) });
  }
  for await (const { text } of journal.read()) {
    expect(text).toBe("0");
    break;
  }
  expect(await all(journal.read())).toHaveLength(10);
});

test("values that were there before are kept: a journal only grows", async () => {
  const before = path();
  writeFileSync(before, '{"text":"before"}\n');
  const journal = new Journal(before, isLine);
  journal.add({ text: "after" });
  expect(await all(journal.read())).toEqual([{ text: "before" }, { text: "after" }]);
});
