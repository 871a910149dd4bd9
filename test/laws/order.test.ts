import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RecordsReport } from "../../src/run/detectRecords.ts";
import { rowsArbitrary, ruleArbitrary } from "./arbitraries.ts";
import { detectOnce, law, ruleOf } from "./runs.ts";

/** Everything that a reader sees of the findings. */
function told(report: RecordsReport): unknown {
  return {
    outcomes: report.outcomes,
    denials: report.denials,
    merged: report.merged,
    findings: report.findings.map(({ subject, decision, finding }) => ({
      subject,
      id: decision.burst.id,
      action: decision.action,
      reason: decision.reason,
      facts: finding.facts,
      evidence: finding.evidence,
      denials: finding.denials.map(({ at, outcome }) => ({ at, outcome })),
      approvals: finding.approvals.map(({ at, ipAddress }) => ({ at, ipAddress })),
    })),
  };
}

describe("the findings", () => {
  it("are the same for any order and any repetition of the rows", async () => {
    const mixedRows = rowsArbitrary().chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        mixed: fc
          .tuple(
            fc.shuffledSubarray([...rows], { minLength: rows.length }),
            fc.subarray([...rows]),
            fc.subarray([...rows]),
          )
          .map((parts) => parts.flat()),
      }),
    );
    await law(
      fc.asyncProperty(mixedRows, ruleArbitrary(), async ({ rows, mixed }, rule) => {
        expect(told(await detectOnce(mixed, ruleOf(rule)))).toEqual(
          told(await detectOnce(rows, ruleOf(rule))),
        );
      }),
      1_000,
    );
  });

  it("are the same for each of several rules, whichever others are on", async () => {
    const others = fc.array(ruleArbitrary(), { minLength: 1, maxLength: 3 });
    await law(
      fc.asyncProperty(rowsArbitrary(), others, async (rows, oracleRules) => {
        const rules = oracleRules.map((rule, i) => ({
          ...ruleOf(rule),
          id: `rule-${i}`,
          family: `rule-${i}`,
        }));
        const together = await detectOnce(rows, ...rules);
        for (const rule of rules) {
          const alone = await detectOnce(rows, rule);
          const ofRule = together.findings.filter((found) => found.rule === rule);
          expect(ofRule).toEqual(alone.findings);
        }
      }),
      300,
    );
  });
});
