import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAnswer } from "../../../src/logs/azure/answerReader.ts";
import { law } from "../../laws/runs.ts";

const cell = fc.oneof(
  fc.constantFrom('],["', "],[", '"rows":[', "\\", '"', "]", "ü€😀", null, true, 1.5),
  fc.string({ unit: "binary" }),
  fc.array(fc.array(fc.integer())),
);
const rows = fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 30 });
const columns = [{ name: "rows", type: "string" }];

/** A row as large as some portions, so that few rows make many of them. */
const filler = "x".repeat(100_000);

async function* cut(text: string, at: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  const places = at.map((each) => each % (bytes.length + 1)).toSorted((a, b) => a - b);
  for (const [n, end] of [...places, bytes.length].entries()) {
    yield bytes.subarray(places[n - 1] ?? 0, end);
  }
}

const cuts = fc.array(fc.nat(), { maxLength: 20 });
const indent = fc.constantFrom(0, 2);

describe("an answer that comes in pieces", () => {
  test("reads as the whole text does", () =>
    law(
      fc.asyncProperty(rows, cuts, indent, async (some, at, space) => {
        const large = some.flatMap((row) => [row, [filler, ...row]]);
        const answer = { tables: [{ name: "T", columns, rows: large }], error: { code: "E" } };
        const text = JSON.stringify(answer, null, space);
        expect(await parseAnswer(cut(text, at))).toEqual(answer);
      }),
      40,
    ));

  test("may contain more than one table", async () => {
    const table = { name: "T", columns, rows: Array.from({ length: 9 }, () => [filler, ["],["]]) };
    const answer = { tables: [table, { ...table, name: "U" }] };
    expect(await parseAnswer(cut(JSON.stringify(answer), [250_000, 300_000]))).toEqual(answer);
  });

  test.each([
    ["nothing", ""],
    ["half of it", `{"tables":[{"rows":[${`["${filler}"],`.repeat(9)}`],
    ["rows without a table", `{"else":{"rows":[${`["${filler}"],`.repeat(9)}["x"]]}}`],
  ])("is none where it is %s", async (_, text) => {
    const at = Array.from({ length: 8 }, (__, n) => n * 100_000);
    await expect(parseAnswer(cut(text, at))).rejects.toThrow();
  });
});
