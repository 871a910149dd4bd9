import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/files/inputError.ts";
import { cutRanges } from "../../../src/files/scan/lineRanges.ts";
import { LineSearch } from "../../../src/files/scan/lineSearch.ts";
import {
  searchRange,
  type LineRange,
  type RangeFindings,
} from "../../../src/files/scan/rangeSearch.ts";
import { searches } from "../../../src/files/scan/words.ts";
import { temporaryFolder } from "../../cli/terminal.ts";

function write(text: string | Buffer) {
  const path = join(temporaryFolder(), "log.json");
  writeFileSync(path, text);
  return { source: "log.json", path, bytes: Buffer.byteLength(text), entries: [], lines: 0 };
}

function cut(text: string, rangeBytes: number, from = 0) {
  const ranges: LineRange[] = [];
  const cutting = cutRanges({ ...write(text), from }, rangeBytes);
  for (;;) {
    const next = cutting.next();
    if (next.done === true) return { ranges, end: next.value };
    ranges.push(next.value);
  }
}

/** Lines of all kinds: wanted, passed, noted, bad, blank; of different lengths. */
const kinds = [
  '{"ResultType":"500121","UserId":"a","TimeGenerated":"2026-03-10T09:00:00Z"}',
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

  test("from where it is told to", () => {
    const from = text.indexOf("\n") + 1;
    const { ranges } = cut(text, 50, from);
    expect(ranges[0]?.from).toBe(from);
  });

  test("and not where a very long line begins, which is told", () => {
    const long = `{}\n{"a":"${"x".repeat(1_200_000)}"}\n{}\n`;
    expect(cut(long, 1)).toMatchObject({ ranges: [{ from: 0, to: 3 }], end: 3 });
    expect(cut(long, 1_000_000)).toMatchObject({ end: long.length });
  });
});

describe("what is found in ranges is what is found in the whole", () => {
  const search = LineSearch.of(searches.denials);
  const find = (range: LineRange) => {
    if (search === null) throw new Error("this machine cannot search");
    return searchRange(search, range, {});
  };

  test("wherever it is cut", () => {
    const file = write(text);
    const range = { source: file.source, path: file.path };
    const whole = inOne([find({ ...range, from: 0, to: file.bytes })], [0]);
    expect(whole.counts).toMatchObject({ rows: 24, classified: 4, badRecords: 8 });
    for (let size = 1; size < text.length; size += 7) {
      const { ranges } = cut(text, size);
      const parts = ranges.map((each) => find({ ...each, path: file.path }));
      expect(
        inOne(
          parts,
          ranges.map(({ from }) => from),
        ),
      ).toEqual(whole);
    }
  });

  test("and a file that cannot be read is told by its name", () => {
    const missing = { source: "logs/gone.json", path: "/nowhere/gone.json", from: 0, to: 10 };
    expect(() => find(missing)).toThrow("logs/gone.json: no such file or folder");
    expect(() => find(missing)).toThrow(InputError);
  });

  test("and one that became shorter ends where it ends", () => {
    const { path } = write("{}\n{}\n");
    expect(find({ source: "log.json", path, from: 0, to: 5_000_000 }).lines).toBe(2);
  });
});

/** As of one range from the beginning of the file on. */
function inOne(parts: readonly RangeFindings[], begins: readonly number[]) {
  let before = 0;
  const bad: unknown[] = [];
  const noted: unknown[] = [];
  const counts: Record<string, number> = { rows: 0, classified: 0, badRecords: 0 };
  for (const [index, { extract, lines, noted: pairs }] of parts.entries()) {
    bad.push(...extract.bad.map(({ reason, place }) => [reason, (place.line ?? 0) + before]));
    for (let at = 0; at < pairs.length; at += 2)
      noted.push([(pairs[at] ?? 0) + (begins[index] ?? 0), pairs[at + 1]]);
    for (const name of ["rows", "classified", "badRecords"] as const)
      counts[name] = (counts[name] ?? 0) + extract.counts[name];
    before += lines;
  }
  return { lines: before, bad, noted, counts };
}
