import type { TrueBenign } from "../benign/kinds.ts";
import type { TrueAttack } from "./kinds.ts";

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Returns an attack with its times as text, in the form of the truth file. */
export function attackInWords(attack: TrueAttack): unknown {
  return {
    ...attack,
    firstDenialAt: iso(attack.firstDenialAt),
    lastDenialAt: iso(attack.lastDenialAt),
    approvedAt: attack.approvedAt === null ? null : iso(attack.approvedAt),
    settledAt: iso(attack.settledAt),
    expectedRules: attack.expectedRules.map((expected) => ({
      ...expected,
      firstDenialAt: iso(expected.firstDenialAt),
      triggeredAt: iso(expected.triggeredAt),
      lastDenialAt: iso(expected.lastDenialAt),
    })),
  };
}

export function benignInWords(benign: TrueBenign): unknown {
  return {
    ...benign,
    firstDenialAt: iso(benign.firstDenialAt),
    lastDenialAt: iso(benign.lastDenialAt),
    approvedAt: benign.approvedAt === null ? null : iso(benign.approvedAt),
  };
}
