import { describe, expect, it } from "vitest";
import { figureOf, timesAsFast, verdictOf, type Goal } from "../../bench/frame/figures.ts";
import { markdownOf } from "../../bench/frame/markdown.ts";
import { columns, goalCells, short } from "../../bench/frame/table.ts";

describe("a figure of several rounds", () => {
  it("is the median, or the mean of the two in the middle", () => {
    expect(figureOf([9, 1, 5]).median).toBe(5);
    expect(figureOf([4, 1, 2, 9]).median).toBe(3);
  });

  it("shows how far apart the rounds were, as a share of the median", () => {
    expect(figureOf([8, 10, 12]).spread).toBeCloseTo(0.4);
    expect(figureOf([7])).toEqual({ median: 7, spread: 0 });
  });

  it("of a time half as long is twice as fast", () => {
    expect(timesAsFast(figureOf([5]), figureOf([10]))).toBe(2);
  });
});

describe("a goal", () => {
  const speed: Goal = {
    what: "ours / theirs",
    value: 12,
    unit: " ×",
    better: "more",
    must: 12,
    goal: 17,
  };

  it.each([
    [11.99, "MUST MISSED"],
    [12, "must met"],
    [17, "goal met"],
  ])("of at least 12, better 17, at %d: %s", (value, verdict) => {
    expect(verdictOf({ ...speed, value })).toBe(verdict);
  });

  it.each([
    [1.26, "MUST MISSED"],
    [1.25, "must met"],
    [1.1, "goal met"],
  ])("of at most 1.25, better 1.1, at %d: %s", (value, verdict) => {
    expect(verdictOf({ ...speed, better: "less", must: 1.25, goal: 1.1, value })).toBe(verdict);
  });

  it("without a higher one is met with the must", () => {
    expect(verdictOf({ ...speed, goal: null })).toBe("goal met");
  });

  it("that nothing was measured for is missed", () => {
    expect(verdictOf({ ...speed, value: NaN })).toBe("MUST MISSED");
  });

  it("is in the table beside its value", () => {
    expect(goalCells(speed)).toEqual(["12 ×", "must ≥ 12 ×", "goal ≥ 17 ×", "must met"]);
    expect(goalCells({ ...speed, better: "less", goal: null })).toContain("goal –");
  });
});

describe("a table", () => {
  it("writes three figures that count", () => {
    expect([1234.5, 12.34, 1.234, 12].map(short)).toEqual(["1,235", "12.3", "1.23", "12"]);
  });

  it("has its numbers to the right", () => {
    expect(
      columns([
        ["a", "9"],
        ["long", "1,000"],
      ]),
    ).toBe("  a         9\n  long  1,000");
  });
});

describe("results as Markdown", () => {
  it("have a row for each goal, or one without", () => {
    const line = { name: "ours", does: "", figure: figureOf([7]), peakBytes: null };
    const goal: Goal = { what: "a / b", value: 3, unit: " ×", better: "more", must: 2, goal: null };
    const result = { unit: "ms", lines: [line], mismatches: [] };
    const table = markdownOf([
      { ...result, title: "one", goals: [goal, { ...goal, what: "a / c", value: 1 }] },
      { ...result, title: "two", goals: [] },
    ]);
    expect(table.split("\n").slice(2)).toEqual([
      "| one | 7 ms | a / b | 3 × | must ≥ 2 × | goal – | goal met |",
      "|  |  | a / c | 1 × | must ≥ 2 × | goal – | MUST MISSED |",
      "| two | 7 ms |  |  |  |  |  |",
      "",
    ]);
  });
});
