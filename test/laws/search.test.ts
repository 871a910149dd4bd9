import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isCandidate, resultTypeSearch } from "../../src/detection/signin/candidate.ts";
import { classify } from "../../src/detection/signin/classify.ts";
import { isFields } from "../../src/detection/signin/fields.ts";
import {
  approvalSearch,
  canMeanDenial,
  denialSearch,
  harmlessTexts,
  meansApproval,
} from "../../src/detection/signin/outcomeText.ts";
import { readSignIn } from "../../src/detection/signin/signIn.ts";
import { LineSearch } from "../../src/logs/files/search/lineSearch.ts";
import { LineFilter } from "../../src/logs/files/search/lineFilter.ts";
import { Names } from "../../src/logs/files/search/lineNotes.ts";
import { noteBits } from "../../src/logs/files/search/notes.ts";
import { searches } from "../../src/logs/files/search/words.ts";
import { rowsArbitrary } from "./arbitraries.ts";
import { knownTexts } from "./oracle.ts";
import { law } from "./runs.ts";
import { cases } from "../cases.ts";

const search = LineSearch.of(searches.denials, { notes: "all" });

/** What a search makes of a line: handed on, or passed, with its note. */
function searchFor(line: string): "wanted" | readonly number[] {
  if (search === null) {
    throw new Error("this machine cannot search");
  }
  const wanted: number[] = [];
  const noted: number[] = [];
  const sieve = new LineFilter(search, {
    line: (_, number) => wanted.push(number),
    longLine: () => {},
    longLineEnd: () => {},
    passed: () => {},
    notes: (notes) => noted.push(...notes),
  });
  sieve.push(Buffer.from(`${line}\n`));
  sieve.end();
  return wanted.length > 0 ? "wanted" : noted;
}

/** Ways to write JSON that mean the same; each is asked again and again how it writes the next thing. */
interface Style {
  /** Whether a letter is written by its number. */
  readonly escapes: () => boolean;
  readonly blank: () => string;
  readonly number: (value: number) => string;
}

function write(value: unknown, style: Style): string {
  const { blank } = style;
  const between = (text: string) => `${blank()}${text}${blank()}`;
  if (Array.isArray(value)) {
    return `[${value.map((each) => between(write(each, style))).join()}]`;
  }
  if (isFields(value)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => `${between(writeText(key, style))}:${between(write(member, style))}`);
    return `{${members.join()}}`;
  }
  if (typeof value === "string") {
    return writeText(value, style);
  }
  return typeof value === "number" ? style.number(value) : JSON.stringify(value);
}

function writeText(text: string, { escapes }: Style): string {
  const chars = Array.from(
    JSON.stringify(text)
      .slice(1, -1)
      .matchAll(/\\u....|\\.|[^]/g),
    String,
  );
  return `"${chars
    .map((char) => (char.length === 1 && escapes() ? numbered(char) : char))
    .join("")}"`;
}

function numbered(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const notations: readonly ((value: number) => string)[] = [
  (value) => String(value),
  (value) => value.toExponential(),
  (value) => value.toExponential().toUpperCase(),
  (value) => `${value}.000`,
  (value) => `${value}0e-1`,
  (value) => `0.000${value}E+${3 + String(value).length}`,
  (value) => (value > 9_999 ? `${value / 1_000}e3` : String(value)),
  (value) => (value > 9_999 ? `${value / 100_000}e+5` : String(value)),
  // Near enough to be read as the same number.
  (value) => `${value - 1}.99999999999999999999`,
  (value) => `${value}.00000000000000000001`,
];

/** Mostly plain; and how often something is out of the ordinary. */
const style: fc.Arbitrary<Style> = fc
  .tuple(
    fc.nat(),
    fc.constantFrom(0, 0, 0, 3, 100),
    fc.constantFrom("", "", " ", "\t", "  "),
    fc.boolean(),
  )
  .map(([seed, escaped, blanks, isExact]) => {
    let state = seed;
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    return {
      escapes: () => next(1_000) < escaped,
      blank: () => (next(10) < 3 ? blanks : ""),
      number: (value) => {
        const isPlain = isExact || !Number.isSafeInteger(value) || value < 1;
        return isPlain ? String(value) : (notations[next(notations.length)] ?? String)(value);
      },
    };
  });

/** A plain row, one within a diagnostic record, or one in it as text; its details as text in any style. */
const line = fc
  .tuple(rowsArbitrary(), fc.nat(), style, style, fc.constantFrom("row", "record", "text"))
  .filter(([rows]) => rows.length > 0)
  .map(([rows, at, outer, inner, shape]) => {
    const row: Record<string, unknown> = { ...rows[at % rows.length] };
    for (const name of ["AuthenticationDetails", "Status"]) {
      if (isFields(row[name]) || Array.isArray(row[name])) {
        if (at % 3 > 0) {
          row[name] = write(row[name], inner);
        }
        if (at % 3 > 1) {
          row[name] = write(row[name], inner);
        }
      }
    }
    switch (shape) {
      case "record":
        return write({ time: row["TimeGenerated"], properties: row }, outer);
      case "text":
        return write({ time: row["TimeGenerated"], properties: write(row, inner) }, outer);
      default:
        return write(row, outer);
    }
  });

describe("a search by words", () => {
  it("finds every line that is a candidate, however it is written", async () => {
    let candidates = 0;
    let others = 0;
    await law(
      fc.asyncProperty(line, async (text) => {
        const record: unknown = JSON.parse(text);
        if (!isFields(record)) {
          return;
        }
        const found = searchFor(text);
        if (isCandidate(readSignIn(record))) {
          candidates++;
          expect(found).toBe("wanted");
        } else if (found !== "wanted") {
          others++;
        }
      }),
      1_500,
    );
    expect(candidates).toBeGreaterThan(cases(750));
    // A search that found everything would be no search.
    expect(others).toBeGreaterThan(cases(25));
  });

  it("notes who may have approved a prompt in the lines that it passes", async () => {
    let noted = 0;
    await law(
      fc.asyncProperty(line, async (text) => {
        const record: unknown = JSON.parse(text);
        const found = searchFor(text);
        if (!isFields(record) || found === "wanted") {
          return;
        }
        const { account, approvals } = classify(record);
        if (account === null || approvals.length === 0) {
          return;
        }
        noted++;
        const [, pair = 0, , bits = 0] = found;
        expect(bits & noteBits.approval).not.toBe(0);
        expect(new Names([account.user]).mayBeIn(bits, pair)).toBe(true);
      }),
      1_500,
    );
    expect(noted).toBeGreaterThan(cases(5));
  });

  it("finds the number of the ResultType in every notation", () => {
    for (const written of notations) {
      const text = written(500_121);
      expect(Number(text)).toBe(500_121);
      expect(resultTypeSearch.some((each) => text.includes(each))).toBe(true);
      for (const name of ["ResultType", "resultType"]) {
        expect(searchFor(`{"${name}":${text}}`)).toBe("wanted");
      }
      expect(searchFor(`{"Status":"{\\"errorCode\\" : ${text}}"}`)).toBe("wanted");
    }
  });
});

/** Texts that may mean anything: parts of the known ones, in any spelling, and letters that become others. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...knownTexts.map(({ text }) => text)),
      fc.constantFrom(...knownTexts.flatMap(({ text }) => text.split(" "))),
      fc.constantFrom(
        "MFA denied; ",
        "user ",
        "the user declined",
        "\u212a",
        "\u0130",
        "\u017f",
        ".",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 4 },
  )
  .chain((parts) =>
    fc
      .tuple(
        fc.constantFrom("", " ", "\u00a0", "  ", "\n"),
        fc.constantFrom("as is", "upper", "lower"),
      )
      .map(([gap, how]) => {
        const text = parts.join(gap);
        return how === "upper" ? text.toUpperCase() : how === "lower" ? text.toLowerCase() : text;
      }),
  );

describe("the words of a search", () => {
  it("are in every text that can mean a denial or means an approval", async () => {
    const met = { denials: 0, approvals: 0 };
    await law(
      fc.asyncProperty(anyText, async (text) => {
        const plain = text.toLowerCase();
        if (canMeanDenial(text)) {
          met.denials++;
          expect(denialSearch.some((word) => plain.includes(word))).toBe(true);
        }
        if (meansApproval(text, "step") || meansApproval(text, "status")) {
          met.approvals++;
          expect(plain).toContain(approvalSearch);
        }
      }),
      3_000,
    );
    expect(met.denials).toBeGreaterThan(cases(250));
    expect(met.approvals).toBeGreaterThanOrEqual(cases(5));
  });

  it("are of letters that no other letter becomes in lower case", () => {
    const words = [...denialSearch, approvalSearch].join("");
    const others = Array.from({ length: 0xff80 }, (_, at) => String.fromCharCode(at + 0x80));
    // U+0130 becomes two: an i and a dot above it, which no word has.
    const become = others.filter((char) => words.includes(char.toLowerCase()));
    expect(become).toEqual([]);
  });

  it("are passed over in texts that can mean no denial", () => {
    for (const text of harmlessTexts) {
      expect(canMeanDenial(text)).toBe(false);
      expect(denialSearch.some((word) => text.includes(word))).toBe(true);
    }
  });
});
