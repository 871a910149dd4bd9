import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupBy, groupByTime, TimeIndex } from "../../../src/detection/context/rowIndex.ts";
import { overlaps } from "../../../src/detection/context/rows.ts";

const span = fc
  .tuple(fc.nat({ max: 50 }), fc.nat({ max: 10 }))
  .map(([firstAt, length]) => ({ firstAt, lastAt: firstAt + length }));

describe("rows by time", () => {
  it("are those that overlap the span, both ends included", () => {
    fc.assert(
      fc.property(fc.array(span), span, (rows, { firstAt, lastAt }) => {
        const index = new TimeIndex(rows, (row) => [row.firstAt, row.lastAt]);
        const found = index.within(firstAt, lastAt);
        expect(found).toEqual(
          rows
            .toSorted((a, b) => a.firstAt - b.firstAt)
            .filter((row) => overlaps(row, firstAt, lastAt)),
        );
      }),
    );
  });
});

describe("rows by key", () => {
  it("are those with one of the keys, each once", () => {
    const both = { names: ["id", "alice"] };
    const one = { names: ["alice"] };
    const other = { names: ["bob"] };
    const rowsOf = groupBy([both, one, other], ({ names }) => names);
    expect(rowsOf(["id", "alice"])).toEqual([both, one]);
    expect(rowsOf(["carol"])).toEqual([]);
  });

  it("are those at that time", () => {
    const early = { names: ["alice"], at: 1 };
    const late = { names: ["alice", "id"], at: 5 };
    const rowsOf = groupByTime(
      [late, early],
      ({ names }) => names,
      ({ at }) => [at, at],
    );
    expect(rowsOf(["alice", "id"], 1, 5)).toEqual([early, late]);
    expect(rowsOf(["alice", "bob"], 2, 5)).toEqual([late]);
  });
});
