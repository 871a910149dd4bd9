import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../../src/logs/files/inputError.ts";
import { cutRanges } from "../../../../src/logs/files/search/lineRanges.ts";
import { noteNumbers } from "../../../../src/logs/files/search/notes.ts";
import { RangeWorker } from "../../../../src/logs/files/search/rangeWorker.ts";
import type { LineRange, RangeFindings } from "../../../../src/logs/files/search/rangeSearch.ts";
import { temporaryFolder } from "../../../cli/terminal.ts";

function write(text: string | Buffer) {
  const path = join(temporaryFolder(), "log.json");
  writeFileSync(path, text);
  return {
    source: "log.json",
    path,
    bytes: Buffer.byteLength(text),
    entries: [],
    last: [],
    lines: 0,
  };
}

function cut(text: string, rangeBytes: number, from = 0) {
  const ranges: LineRange[] = [];
  const cutting = cutRanges({ ...write(text), from }, rangeBytes);
  for (;;) {
    const next = cutting.next();
    if (next.done === true) {
      return { ranges, end: next.value };
    }
    ranges.push(next.value);
  }
}

/** Lines of all kinds: wanted, passed, noted, bad, blank; of different lengths. */
const kinds = [
  '{"ResultType":"500121","UserPrincipalName":"a","TimeGenerated":"2026-03-10T09:00:00Z"}',
  '{"ResultType":"0"}',
  '{"UserPrincipalName":"bob@contoso.com","x":"MFA completed in Azure AD"}',
  "",
  '{"ResultType":"5001',
  '{"ResultType":"0","Padding":"............................................"}',
  "oops",
];
const text = Array.from({ length: 28 }, (_, at) => kinds[(at * 5) % kinds.length]).join("\n");

describe("a file is cut at newlines", () => {
  test.each([
    ["with a newline at the end", `${text}\n`],
    ["without one", text],
    ["with carriage returns", text.replaceAll("\n", "\r\n")],
  ])("into ranges that together are all of it, whatever their size: %s", (_, content) => {
    for (let size = 1; size < content.length + 3; size += size < 90 ? 1 : 37) {
      const { ranges, end } = cut(content, size);
      expect(end).toBe(content.length);
      expect(ranges.map(({ from, to }) => content.slice(from, to)).join("")).toBe(content);
      for (const { from, to } of ranges) {
        expect(from === 0 || content[from - 1] === "\n").toBe(true);
        expect(to - from).toBeGreaterThanOrEqual(Math.min(size, content.length - from));
      }
    }
  });

  test("from the given offset", () => {
    const from = text.indexOf("\n") + 1;
    const { ranges } = cut(text, 50, from);
    expect(ranges[0]?.from).toBe(from);
  });

  test("but stops at a very long line, which is reported", () => {
    const long = `{}\n{"a":"${"x".repeat(1_200_000)}"}\n{}\n`;
    expect(cut(long, 1)).toMatchObject({ ranges: [{ from: 0, to: 3 }], end: 3 });
    expect(cut(long, 1_000_000)).toMatchObject({ end: long.length });
  });
});

describe("what is found in ranges is what is found in the whole", () => {
  const worker = RangeWorker.of({ search: "denials", notes: "all", how: {} });
  const find = async (range: LineRange) => {
    if (worker === null) {
      throw new Error("this machine cannot search");
    }
    return await worker.search(range);
  };

  test("wherever it is cut", async () => {
    const file = write(text);
    const range = { source: file.source, path: file.path };
    const whole = inOne([await find({ ...range, from: 0, to: file.bytes })], [0]);
    expect(whole.counts).toMatchObject({ rows: 24, classified: 4, badRecords: 8 });
    for (let size = 1; size < text.length; size += 7) {
      const { ranges } = cut(text, size);
      const parts = await Promise.all(ranges.map((each) => find({ ...each, path: file.path })));
      expect(
        inOne(
          parts,
          ranges.map(({ from }) => from),
        ),
      ).toEqual(whole);
    }
  });

  test("and an unreadable file is reported by name, without affecting the others", async () => {
    const missing = { source: "logs/gone.json", path: "/nowhere/gone.json", from: 0, to: 10 };
    const folder = { source: "logs", path: dirname(write("").path), from: 0, to: 10 };
    const there = { source: "log.json", path: write("{}\n{}\n").path, from: 0, to: 6 };
    const found = [there, missing, there, folder, folder, there].map(find);
    await expect(found[1]).rejects.toThrow("logs/gone.json: no such file or folder");
    await expect(found[1]).rejects.toThrow(InputError);
    await expect(found[3]).rejects.toThrow("logs: is a folder, not a file");
    await expect(found[4]).rejects.toThrow(InputError);
    for (const at of [0, 2, 5]) {
      expect(await found[at]).toMatchObject({ lines: 2 });
    }
  });

  test("and one that became shorter ends where it ends", async () => {
    const { path } = write("{}\n{}\n");
    const found = await find({ source: "log.json", path, from: 0, to: 5_000_000 });
    expect(found.lines).toBe(2);
  });

  test("and one larger than what is read at a time", async () => {
    const content = `${"{}\n".repeat(4_000_000)}{"ResultType":"500121"}`;
    const { path, source } = write(content);
    const found = await find({ source, path, from: 0, to: content.length });
    expect(found.lines).toBe(4_000_001);
    expect(found.extract.counts).toMatchObject({ rows: 4_000_001 });
  });

  test("until the search is ended, with what waits", async () => {
    const own = RangeWorker.of({ search: "denials", notes: "all", how: {} });
    if (own === null) {
      throw new Error("this machine cannot search");
    }
    const { path, source, bytes } = write(text);
    const found = Array.from({ length: 5 }, () => own.search({ source, path, from: 0, to: bytes }));
    expect(own.waiting).toBe(5);
    const ends = Promise.allSettled(found);
    await own.close();
    expect(own.waiting).toBe(0);
    expect((await ends).map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
    await expect(found[4]).rejects.toThrow("the search was closed before this range was searched");
  });
});

/** As of one range from the beginning of the file on. */
function inOne(parts: readonly RangeFindings[], begins: readonly number[]) {
  let before = 0;
  const bad: unknown[] = [];
  const noted: unknown[] = [];
  const counts: Record<string, number> = { rows: 0, classified: 0, badRecords: 0 };
  for (const [index, { extract, lines, notes }] of parts.entries()) {
    bad.push(...extract.bad.map(({ reason, place }) => [reason, (place.line ?? 0) + before]));
    for (let at = 0; at < notes.length; at += noteNumbers) {
      const [place = 0, ...note] = notes.subarray(at, at + noteNumbers);
      noted.push([place + (begins[index] ?? 0), ...note]);
    }
    for (const name of ["rows", "classified", "badRecords"] as const) {
      counts[name] = (counts[name] ?? 0) + extract.counts[name];
    }
    before += lines;
  }
  return { lines: before, bad, noted, counts };
}
