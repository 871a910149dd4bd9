import type { Draft } from "../attempt.ts";
import type { PromptOutcome } from "../outcomes.ts";
import type { Person } from "../people.ts";
import type { World } from "../world.ts";
import type { AttackKind, TrueAttack } from "./kinds.ts";
import type { Plot } from "./plot.ts";

const fraud: ReadonlySet<PromptOutcome> = new Set<PromptOutcome>([
  "suspiciousActivity",
  "fraudByPhoneApp",
  "fraudCode",
]);

/** Derives the truth from the script alone. The scripts say which rules fire, and on which denial. */
export function truthOf(
  world: World,
  kind: AttackKind,
  victim: Person,
  plot: Plot,
  drafts: readonly Draft[],
): TrueAttack {
  const refused = plot.strikes.filter(({ outcome }) => outcome === "denied" || fraud.has(outcome));
  const firstDenialAt = refused[0]?.at ?? 0;
  const lastDenialAt = refused.at(-1)?.at ?? firstDenialAt;
  return {
    kind,
    tenantId: world.tenantId,
    user: victim.upn.toLowerCase(),
    userId: victim.userId,
    denials: refused.length,
    fraudReports: refused.filter(({ outcome }) => fraud.has(outcome)).length,
    firstDenialAt,
    lastDenialAt,
    approvedAt: plot.approval?.at ?? null,
    approvalMatch: plot.approval?.match ?? null,
    settledAt: Math.max(...drafts.map(({ publishedAt }) => publishedAt)),
    expectedRules: plot.expected.map(({ rule, trigger, severity }) => ({
      rule,
      denials: refused.length,
      firstDenialAt,
      triggeredAt: refused[trigger]?.at ?? lastDenialAt,
      lastDenialAt,
      severity,
    })),
  };
}
