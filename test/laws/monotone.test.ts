import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { rowsArbitrary, ruleArbitrary } from "./arbitraries.ts";
import { contains, detectOnce, findingsOf, law, ruleOf, sameAccount } from "./runs.ts";
import { cases } from "../cases.ts";

describe("a higher threshold", () => {
  it("finds nothing that a lower one does not", async () => {
    let found = 0;
    await law(
      fc.asyncProperty(
        rowsArbitrary(),
        ruleArbitrary(),
        fc.integer({ min: 1, max: 3 }),
        async (rows, rule, more) => {
          const lower = await detectOnce(rows, ruleOf(rule));
          const strict = { ...rule, threshold: rule.threshold + more };
          const higher = await detectOnce(rows, ruleOf(strict));
          found += higher.findings.length;
          for (const { subject, finding } of higher.findings) {
            const around = lower.findings.filter(
              (each) =>
                sameAccount(each.subject, subject) &&
                finding.denials.every((denial) =>
                  each.finding.denials.some(({ at }) => at === denial.at),
                ),
            );
            expect(around).toHaveLength(1);
          }
          for (const burst of findingsOf(higher)) {
            expect(findingsOf(lower).filter((each) => contains(each, burst))).toHaveLength(1);
          }
          if (rule.kind === "sliding") {
            expect(higher.findings.length).toBeLessThanOrEqual(lower.findings.length);
          }
        },
      ),
      1_000,
    );
    expect(found).toBeGreaterThan(cases(100));
  });
});
