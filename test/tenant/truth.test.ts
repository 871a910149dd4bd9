import { describe, expect, test } from "vitest";
import type { AttackKind } from "../../src/tenant/attacks/kinds.ts";
import { attackKinds } from "../../src/tenant/tenant.ts";
import { minuteMs, countDenials, rowsOf, smallTenant, stepsOf, text } from "./tenants.ts";

const seeds = [1, 2, 3, 7, 42];
const tenants = seeds.map((seed) => {
  const tenant = smallTenant(seed);
  const rows = rowsOf(tenant);
  return { tenant, rows, denials: countDenials(rows) };
});

/** Every attack of this kind, with the times at which its prompts were refused. */
function attacks(kind: AttackKind) {
  return tenants.flatMap(({ tenant, rows, denials }) =>
    tenant.truth
      .filter((attack) => attack.kind === kind)
      .map((attack) => ({
        attack,
        times: denials.get(attack.user) ?? [],
        rows: rows.filter((row) => text(row, "UserPrincipalName").toLowerCase() === attack.user),
      })),
  );
}

function rulesOf(kind: AttackKind): string[][] {
  return attacks(kind).map(({ attack }) => attack.expectedRules.map(({ rule }) => rule));
}

describe("the truth about a tenant", () => {
  test.each(attackKinds)("counts the prompts that the rows of '%s' hold", (kind) => {
    expect(attacks(kind)).toHaveLength(seeds.length);
    for (const { attack, times } of attacks(kind)) {
      expect(times).toHaveLength(attack.denials);
      expect(times[0]).toBe(attack.firstDenialAt);
      expect(times.at(-1)).toBe(attack.lastDenialAt);
    }
  });

  test.each(attackKinds)("lets a rule trigger on the denial that reaches it in '%s'", (kind) => {
    const numbers = {
      "explicit-mfa-deny": { threshold: 5, windowMs: 15 * minuteMs },
      "azure-ad-multiple-denied-mfa": { threshold: 10, windowMs: 10 * minuteMs },
      "mfa-deny-then-approve": { threshold: 2, windowMs: 60 * minuteMs },
    };
    for (const { attack, times } of attacks(kind)) {
      for (const { rule, denials, triggeredAt, severity } of attack.expectedRules) {
        const { threshold, windowMs } = numbers[rule];
        expect(triggeredAt).toBe(times[threshold - 1]);
        expect(triggeredAt - attack.firstDenialAt).toBeLessThanOrEqual(windowMs);
        expect(denials).toBe(times.length);
        const raised = attack.fraudReports > 0 || attack.approvedAt !== null;
        expect(severity).toBe(raised ? "High" : "Medium");
        if (attack.approvedAt === null) {
          continue;
        }
        expect(attack.approvedAt).toBeGreaterThanOrEqual(triggeredAt);
        expect(attack.approvedAt - attack.lastDenialAt).toBeLessThanOrEqual(60 * minuteMs);
      }
    }
  });

  test("never has two denials of an ordinary user within an hour", () => {
    let ordinary = 0;
    for (const { denials, tenant } of tenants) {
      for (const [user, times] of denials) {
        if (tenant.truth.some((attack) => attack.user === user)) {
          continue;
        }
        ordinary += times.length;
        times.slice(1).forEach((at, index) => {
          expect(at - (times[index] ?? 0)).toBeGreaterThan(60 * minuteMs);
        });
      }
    }
    expect(ordinary).toBeGreaterThan(10);
  });

  test("knows the one fresh approval around an attack", () => {
    for (const kind of attackKinds) {
      for (const { attack, rows } of attacks(kind)) {
        const approvals = rows
          .flatMap(stepsOf)
          .filter(({ authenticationStepResultDetail: detail }) => detail.startsWith("MFA success"))
          .map(({ StatusSequence: at }) => at ?? 0)
          .filter((at) => at >= attack.firstDenialAt && at - attack.lastDenialAt <= 60 * minuteMs);
        expect([...new Set(approvals)]).toEqual(
          attack.approvedAt === null ? [] : [attack.approvedAt],
        );
      }
    }
  });

  test("lets low-and-slow denials be too far apart for the default rule", () => {
    expect(rulesOf("low-and-slow").flat()).toEqual([]);
    for (const { times } of attacks("low-and-slow")) {
      expect(
        Math.min(...times.slice(1).map((at, index) => at - (times[index] ?? 0))),
      ).toBeGreaterThan(15 * minuteMs);
    }
  });

  test("cuts the bucket-edge attack so that no ten-minute bucket has ten", () => {
    for (const { times } of attacks("bucket-edge")) {
      for (const at of times) {
        const bucket = Math.floor(at / (10 * minuteMs));
        const together = times.filter((other) => Math.floor(other / (10 * minuteMs)) === bucket);
        expect(together.length).toBeLessThan(10);
      }
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(10 * minuteMs);
    }
    expect(rulesOf("many").every((rules) => rules.includes("azure-ad-multiple-denied-mfa"))).toBe(
      true,
    );
  });

  test("gives each kind of attack the marks it is named after", () => {
    for (const { attack } of attacks("late")) {
      expect(attack.settledAt - attack.lastDenialAt).toBeGreaterThan(19 * 60 * minuteMs);
    }
    for (const { attack } of attacks("across-midnight")) {
      const day = (at: number) => Math.floor(at / (24 * 60 * minuteMs));
      expect(day(attack.lastDenialAt)).toBe(day(attack.firstDenialAt) + 1);
    }
    for (const { attack, rows } of attacks("rotating-addresses")) {
      const addresses = rows
        .map((row) => text(row, "IPAddress"))
        .filter((at) => at.startsWith("192.0.2."));
      expect(new Set(addresses).size).toBe(attack.denials + 1);
    }
    for (const { attack, rows } of attacks("mixed-case")) {
      const spelled = new Set(rows.map((row) => text(row, "UserPrincipalName")));
      expect(spelled.size).toBeGreaterThanOrEqual(4);
      expect(attack.user).toBe(attack.user.toLowerCase());
    }
    for (const { attack, rows } of attacks("nps-push-bombing")) {
      const bare = rows.filter((row) => row["IsInteractive"] === undefined);
      expect(bare.length).toBeGreaterThanOrEqual(attack.denials);
    }
    for (const { attack } of attacks("guest")) {
      expect(attack.user).toContain("#ext#");
    }
  });
});
