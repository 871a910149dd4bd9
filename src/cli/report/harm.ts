import { shownName } from "../../detection/signin/account.ts";
import type { Reported } from "../../run/detectRecords.ts";
import type { Severity } from "../../detection/rules/rule.ts";

const severityRank = { High: 3, Medium: 2, Low: 1, Informational: 0 } as const satisfies Record<
  Severity,
  number
>;

/** Signs that the attacker got in, as far as the logs show. */
export interface Harm {
  readonly approvedAfter: boolean;
  /** Successful sign-ins of the account from the attack's addresses or sessions. */
  readonly signedIn: boolean;
  /** Security info, a role, consent, an inbox rule or a password changed as an attacker would. */
  readonly takeover: boolean;
}

export function harmOf({ finding: { facts, context } }: Reported): Harm {
  return {
    approvedAfter: facts.approval !== null,
    signedIn: context?.successes.some(({ own }) => own) === true,
    takeover: context?.followed.some(({ meaning }) => meaning === "takeover") === true,
  };
}

/** Whether the attacker probably got in. */
export function isHarmed(harm: Harm): boolean {
  return harm.approvedAfter || harm.signedIn || harm.takeover;
}

/** The most harmful first; equal ones by time, then by user. */
export function byHarm(a: Reported, b: Reported): number {
  return (
    weight(b) - weight(a) ||
    a.finding.facts.triggeredAt - b.finding.facts.triggeredAt ||
    (shownName(a.subject) < shownName(b.subject) ? -1 : 1)
  );
}

function weight(reported: Reported): number {
  const { takeover, signedIn, approvedAfter } = harmOf(reported);
  return (
    (takeover ? 16 : 0) +
    (signedIn ? 8 : 0) +
    (approvedAfter ? 4 : 0) +
    severityRank[reported.finding.facts.severity]
  );
}
