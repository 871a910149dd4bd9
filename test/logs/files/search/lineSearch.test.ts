import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { denialSearch, harmlessTexts } from "../../../../src/detection/signin/outcomeText.ts";
import { LineSearch } from "../../../../src/logs/files/search/lineSearch.ts";
import { LineFilter } from "../../../../src/logs/files/search/lineFilter.ts";
import { markWords, searches, type SearchName } from "../../../../src/logs/files/search/words.ts";
import { noteKeys, noteNumbers } from "../../../../src/logs/files/search/notes.ts";
import { searchNaively, type Said } from "./naive.ts";
import { cases } from "../../../cases.ts";

const names: readonly SearchName[] = ["denials", "denialsAndApprovals"];
const search = Object.fromEntries(
  names.map((name) => [name, LineSearch.of(searches[name], { notes: "all" })]),
) as Readonly<Record<SearchName, LineSearch | null>>;

/** What the search says of a text that comes in pieces of the given sizes, over and over. */
function searchIn(name: SearchName, text: string, sizes: readonly number[] = [Infinity]): Said {
  const wanted: [number, string][] = [];
  const noted: string[] = [];
  let passed = 0;
  const lines = search[name];
  if (lines === null) {
    throw new Error("this machine cannot search");
  }
  const filter = new LineFilter(lines, {
    line: (bytes, line) => wanted.push([line, bytes.toString("latin1")]),
    longLine: () => expect.unreachable(),
    longLineEnd: () => expect.unreachable(),
    passed: (count) => (passed += count),
    notes: (notes, before) => {
      for (let at = 0; at < notes.length; at += noteNumbers) {
        const [place = 0, ...note] = notes.subarray(at, at + noteNumbers);
        noted.push([place - before, ...note].join(" "));
      }
    },
  });
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    filter.push(bytes.subarray(at, at + size));
    at += size;
  }
  filter.end();
  return { lines: filter.line - 1, passed, wanted, noted };
}

/** What a search could trip over: its words, whole and cut, and what stands around them. */
const scraps = [
  ...[...searches.denials, ...noteKeys].flatMap(({ text }) => [
    text,
    text.slice(1),
    text.slice(0, -1),
  ]),
  ...denialSearch.map((word) => word.toUpperCase()),
  ...harmlessTexts.flatMap((text) => [`"${text}"`, `"${text}\\"`, `"${text}\\n"`, text]),
  "UserPrincipalName",
  "userId",
  "IPAddress",
  "CreatedDateTime",
  '":"203.0.113.7"',
  '":"2001:db8::7"',
  '":"2026-03-10T09:12:34.5678901Z"',
  '": "2026-12-31T23:59:59Z"',
  '":"alice@contoso.com"',
  '" :\t"ALICE@contoso.com"',
  '":null',
  '":"\\u00e9"',
  '":""',
  "\n",
  "\r\n",
  "{",
  "}",
  "}\n{",
  '"',
  "\\",
  "50",
  "0121",
  "\x00",
  "\xe9",
];

const text = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...scraps) },
      { weight: 1, arbitrary: fc.constant("}\n{") },
      { weight: 1, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 40 }) },
    ),
    { maxLength: 40 },
  )
  // Long runs without a blank have a test of their own.
  .map((parts) => `{${parts.join("").replaceAll(/[+-\xff]{60}/g, "$& ")}}`);

const userName = fc.oneof(
  fc.constantFrom(
    "alice@contoso.com",
    "ALICE@CONTOSO.COM",
    "Zz-aA[]`{@",
    "",
    " a",
    String.raw`\u00e9`,
    String.raw`\"`,
    "\xe9",
    ...[15, 16, 17, 32].map((length) => "aliCe@contoso.onmicrosoft.com/and/more".slice(0, length)),
    "alice@contoso.com".padEnd(40, "m"),
    "alice@contoso.on microsoft.com",
    "alice@contoso.onm\xe9.com",
    String.raw`alice@contoso.on\"microsoft.com`,
  ),
  fc.string({ unit: "binary-ascii", maxLength: 40 }).map((any) => any.replaceAll(/[\n\r]/g, "")),
);
const time = fc
  .tuple(
    fc.constantFrom(
      "2026-03-10",
      "2000-01-01",
      "2099-12-31",
      "2026-00-10",
      "2026-13-01",
      "2026-02-00",
    ),
    fc.constantFrom("T", " "),
    fc.constantFrom("00:00:00", "23:59:59", "24:00:00", "09:60:00", "09:00:60", "09:00", "9:00:00"),
    fc.constantFrom("", ".1", ".123456789012", ".1234567890123", ".", ",5", ":", ".x"),
    fc.constantFrom("Z", "Z", "Z", "", "z", "+02:00", "Z "),
  )
  .map((parts) => parts.join(""));
const addressText = fc.constantFrom(
  "203.0.113.7",
  "203.0.113.7:443",
  "2001:db8::7",
  "F::1",
  "::1",
  "0db8::1",
  "12345::1",
  "g::1",
);
const blanks = fc.constantFrom("", " ", "\t", " \t ", "\b");
const member = fc
  .tuple(
    fc.constantFrom("User", "user", "Other", "USER", "IP", "Created", "created"),
    fc.constantFrom("PrincipalName", "Id", "Address", "DateTime"),
    blanks,
    blanks,
    fc.oneof(userName, time, addressText),
  )
  .map(([who, what, before, after, value]) => `"${who}${what}"${before}:${after}"${value}"`);
const namingLine = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: member }, fc.constantFrom('"MFA Completed"', '"serId":null')),
    { maxLength: 12 },
  )
  .map((members) => `{"completed":1,${members.join()}}`);

describe("lines are found as a search line by line and word by word finds them", () => {
  test.each(names)("in any text that comes in any pieces: %s", (name) => {
    fc.assert(
      fc.property(
        text,
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 6 }),
        (content, sizes) => {
          const expected = searchNaively(content, searches[name]);
          expect(searchIn(name, content)).toEqual(expected);
          expect(searchIn(name, content, sizes)).toEqual(expected);
        },
      ),
      { numRuns: cases(2_000) },
    );
  });

  test("with names, address and time in their notes", () => {
    fc.assert(
      fc.property(fc.array(namingLine, { maxLength: 4 }), (lines) => {
        const content = lines.join("\n");
        expect(searchIn("denials", content)).toEqual(searchNaively(content, searches.denials));
      }),
      { numRuns: cases(2_000) },
    );
  });

  test("wherever in a block of 16 bytes a word and the ends of its line lie", () => {
    for (const { text: word } of searches.denials) {
      for (let before = 0; before < 34; before++) {
        for (const behind of [0, 1, 15, 16, 17]) {
          const line = `{${"-".repeat(before)}${word}${"-".repeat(behind)}}`;
          const content = `{}\n${line}\n${line}`;
          expect(searchIn("denials", content)).toEqual(searchNaively(content, searches.denials));
        }
      }
    }
  });

  test("and wherever in one a key and the ends of its line lie", () => {
    for (const { text: key } of noteKeys) {
      for (let before = 0; before < 34; before++) {
        for (const value of [
          '":"a"',
          '" : "bo"}{',
          '":null',
          "",
          ':"203.0.113.7"',
          '":"2026-03-10T09:12:34.567Z"',
        ]) {
          const line = `{completed${"-".repeat(before)}${key}${value}}`;
          const content = `${line}\n{"completed"}\n${line}\n${line.slice(0, -1)}\n{${key}":"x"}`;
          expect(searchIn("denials", content)).toEqual(searchNaively(content, searches.denials));
        }
      }
    }
  });

  test("with what can be a record in base64, wherever it lies", () => {
    for (let before = 0; before < 33; before++) {
      for (const [length, isFound] of [
        [95, false],
        [127, true],
        [2_000, true],
      ] as const) {
        const line = `{"a":"${" ".repeat(before)}${"e".repeat(length)}"}`;
        const { wanted } = searchIn("denials", `{}\n${line}\n{}\n`);
        expect(wanted).toEqual(isFound ? [[2, line]] : []);
      }
    }
    const two = `{"a":"${"e".repeat(70)}"}\n{"a":"${"e".repeat(70)}"}\n`;
    expect(searchIn("denials", two).wanted).toEqual([]);
  });

  test("whatever precedes them", () => {
    const lines = search.denials;
    if (lines === null) {
      throw new Error("this machine cannot search");
    }
    const { at, bytes } = lines.buffer;
    lines.memory.write("{denied}\n{de", at - 12, "latin1");
    bytes.write("nie", "latin1");
    expect(lines.scan(at, at + 3)).toMatchObject({ next: at, lines: 0 });
    bytes.write("nied}\n", "latin1");
    expect(lines.scan(at, at + 6)).toMatchObject({ next: at + 6, lines: 1, blank: 0 });
  });

  test("even if there is more than the search can report at a time", () => {
    const lines = Array.from({ length: 30_000 }, (_, at) =>
      at % 3 === 0
        ? "{denied}"
        : at % 3 === 1
          ? '{"completed","serId":"x","serPrincipalName":"y"}'
          : "{}",
    );
    const content = lines.join("\n");
    expect(searchIn("denials", content)).toEqual(searchNaively(content, searches.denials));
  });
});

describe("words", () => {
  test("too short to be marked are refused, as lines with them would not be found", () => {
    expect(() => markWords([{ text: "none", kind: "wanted" }])).toThrow(
      'the search word "none" cannot be marked (words.ts)',
    );
  });

  test("that are not listed are found as well", () => {
    const lineSearch = LineSearch.of([...searches.denials, { text: "refused", kind: "wanted" }]);
    const buffer = lineSearch?.buffer;
    const lines = '{"a":"Refused"}\n{"a":"refuse"}\n{"a":"denied"}\n';
    buffer?.bytes.write(lines, "latin1");
    const found = lineSearch?.scan(buffer?.at ?? 0, (buffer?.at ?? 0) + lines.length);
    expect([...(found?.wanted ?? [])].filter((_, index) => index % 3 === 2)).toEqual([0, 2]);
  });

  test.each(names)("all have a mark: %s", (name) => {
    for (const { text: word, group, markAt } of markWords(searches[name])) {
      // As many groups as a byte has bits.
      expect(group).toBeGreaterThanOrEqual(0);
      expect(group).toBeLessThan(8);
      expect(markAt).toBeGreaterThanOrEqual(0);
      // What is longer is compared in its first 16 bytes only.
      expect(markAt + 5).toBeLessThanOrEqual(Math.min(word.length, 16));
    }
  });
});
