import fc from "fast-check";
import { expect, it } from "vitest";

import { cellsOf, sweepGrid, type Grid } from "../../../src/detection/bursts/grid.ts";
import { findStreaks } from "../../../src/detection/bursts/streak.ts";
import { cases } from "../../cases.ts";
import { prompt } from "../builders.ts";

const grid: Grid = { kinds: ["sliding", "tumbling"], windowsMs: [1, 5, 100], mostDenials: 6 };

type Fired = readonly [cell: number, from: number, to: number, trigger: number];

/** What one sweep says of several accounts, one after the other in one column. */
function swept(accounts: readonly (readonly number[])[]): readonly (readonly Fired[])[] {
  const times = Float64Array.from(accounts.flat());
  const sweep = sweepGrid(grid);
  let from = 0;
  return accounts.map(({ length }) => {
    const found: Fired[] = [];
    const to = from + length;
    sweep({ times, from, to }, (cell, start, end, trigger) => {
      found.push([cell, times[start]!, times[end - 1]!, times[trigger]!]);
    });
    from = to;
    return found.toSorted(([a, , , b], [c, , , d]) => a - c || b - d);
  });
}

function cellByCell(times: readonly number[]): readonly Fired[] {
  const denials = times.map((at) => ({ ...prompt("09:00"), at }));
  return cellsOf(grid).flatMap((rule, cell) =>
    findStreaks(rule, denials).flatMap(({ denials: members, triggeredAt }) =>
      triggeredAt === null
        ? []
        : [[cell, members[0]!.at, members.at(-1)!.at, triggeredAt] as const],
    ),
  );
}

const moments = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }) },
      { weight: 1, arbitrary: fc.integer({ min: -400, max: 400 }) },
    ),
    { maxLength: 30 },
  )
  .map((times) => times.toSorted((a, b) => a - b));

it("a grid finds in each cell what a rule with its numbers finds, account by account", () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(moments, { maxLength: 3 }), (accounts) => {
      const all = swept(accounts);
      found += all.flat().length;
      expect(all).toEqual(accounts.map(cellByCell));
    }),
    { numRuns: cases(2_000) },
  );
  expect(found).toBeGreaterThan(cases(2_000));
});

it("a cell's number is its place in the list", () => {
  expect(cellsOf(grid)).toHaveLength(36);
  expect(cellsOf(grid)[0]).toEqual({ kind: "sliding", windowMs: 1, threshold: 1 });
  expect(cellsOf(grid)[35]).toEqual({ kind: "tumbling", windowMs: 100, threshold: 6 });
});
