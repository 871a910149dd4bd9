import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { rowsArbitrary, ruleArbitrary } from "./arbitraries.ts";
import type { Row } from "./oracle.ts";
import { Detector, detectOnce, expectEqualOutcome, findingsOf, law, ruleOf } from "./runs.ts";

function publishedAt(row: Row): number {
  return Date.parse(String(row["TimeGenerated"]));
}

/** Rows, and moments at which some of them are published and others are not yet. */
const replays = rowsArbitrary().chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    moments: fc
      .array(fc.tuple(fc.constantFrom(...rows.map(publishedAt)), fc.constantFrom(-1, 0, 1)), {
        minLength: 1,
        maxLength: 4,
      })
      .map((picked) => picked.map(([at, beside]) => at + beside).toSorted((a, b) => a - b)),
  }),
);

describe("rows that are published late", () => {
  it("do not exist before they are published", async () => {
    await law(
      fc.asyncProperty(replays, ruleArbitrary(), async ({ rows, moments: [at = 0] }, rule) => {
        const asOf = await new Detector(ruleOf(rule)).run(rows, at);
        const published = rows.filter((row) => publishedAt(row) <= at);
        expect(findingsOf(asOf)).toEqual(findingsOf(await detectOnce(published, ruleOf(rule))));
        expect(asOf.counts.setAside.notYetPublished).toBe(rows.length - published.length);
      }),
      500,
    );
  });

  it("give, replayed moment by moment, the incidents of one run at the end", async () => {
    await law(
      fc.asyncProperty(replays, ruleArbitrary(), async ({ rows, moments }, rule) => {
        const detector = new Detector(ruleOf(rule));
        for (const at of moments) {
          await detector.run(rows, at);
        }
        await detector.run(rows);
        const seen = moments.map((at) => rows.filter((row) => publishedAt(row) <= at));
        expectEqualOutcome(detector, [...seen, rows], rule);
      }),
      500,
    );
  });

  it("join the burst that they belong to where only their own file is read again", async () => {
    await law(
      fc.asyncProperty(replays, ruleArbitrary(), async ({ rows, moments: [at = 0] }, rule) => {
        const detector = new Detector(ruleOf(rule));
        const onTime = rows.filter((row) => publishedAt(row) <= at);
        await detector.run(onTime);
        await detector.run(rows.filter((row) => publishedAt(row) > at));
        expectEqualOutcome(detector, [onTime, rows], rule);
      }),
      500,
    );
  });
});
