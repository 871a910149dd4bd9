import { describe, expect, it } from "vitest";

import type { Rule } from "../../src/detection/rules/rule.ts";
import { benignRates, generateTenant } from "../../src/tenant/tenant.ts";
import { detectOnce } from "../laws/runs.ts";
import { explicitDeny } from "../run/bench.ts";

const options = {
  seed: 7,
  users: 60,
  days: 14,
  startAt: Date.UTC(2026, 2, 2),
  signInsPerUserPerDay: 2,
  attacks: ["approved", "bucket-edge"] as const,
};

const often = benignRates.map(({ kind }) => ({ kind, perWeek: 5 }));

describe("harmless bursts", () => {
  it("come in every kind, at their rate, and never to a victim", () => {
    const { benign, truth } = generateTenant({ ...options, benign: often });
    const kinds = new Map<string, number>();
    benign.forEach(({ kind }) => kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
    expect([...kinds.keys()].toSorted()).toEqual(benignRates.map(({ kind }) => kind).toSorted());
    // 5 a week among 100 people: 5.8 among 58 in two weeks.
    expect([...kinds.values()].every((count) => count === 5 || count === 6)).toBe(true);
    const victims = new Set(truth.map(({ userId }) => userId));
    expect(benign.filter(({ userId }) => victims.has(userId))).toEqual([]);
  });

  it("are in the log as the truth says", async () => {
    const tenant = generateTenant({ ...options, benign: often });
    const rows = Array.from(tenant.rows(), ({ row }) => row);
    const rule: Rule = { ...explicitDeny, threshold: 1, windowMs: 24 * 3_600_000 };
    const { findings } = await detectOnce(rows, rule);
    for (const { userId, firstDenialAt, lastDenialAt, denials } of tenant.benign) {
      const around = findings.filter(
        ({ subject, finding: { facts } }) =>
          subject.user === userId &&
          facts.firstDenialAt <= firstDenialAt &&
          facts.lastDenialAt >= lastDenialAt,
      );
      expect(around).toHaveLength(1);
      expect(around[0]!.finding.facts.denials).toBeGreaterThanOrEqual(denials);
    }
  });

  it("leave the attacks as they are without them", () => {
    const { truth } = generateTenant({ ...options, benign: often });
    const without = generateTenant(options);
    expect(truth).toEqual(without.truth);
    expect(without.benign).toEqual([]);
  });
});
