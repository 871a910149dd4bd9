import type { Severity } from "../../detection/rules/rule.ts";
import type { OriginVerdict } from "../../detection/context/context.ts";
import { counted } from "../text/words.ts";
import type { CoverageReport } from "./coverageReport.ts";

const severityRank = { High: 3, Medium: 2, Low: 1, Informational: 0 } as const satisfies Record<
  Severity,
  number
>;

/** The parts of a finding that show the harm done. */
export interface Attack {
  /** As displayed. */
  readonly user: string;
  readonly severity: Severity;
  /** In any unit, as long as later times are greater. */
  readonly triggeredAt: number | string;
  readonly approval: object | null;
  readonly context: {
    readonly origins: { readonly verdict: OriginVerdict };
    readonly successes: readonly { readonly own: boolean }[];
    readonly followed: readonly { readonly meaning: string }[];
  } | null;
}

/** Signs that the attacker got in, as far as the logs show. */
export interface Harm {
  readonly approvedAfter: boolean;
  /** Successful sign-ins of the account from the attack's addresses or sessions. */
  readonly signedIn: boolean;
  /** Security info, a role, consent, an inbox rule or a password changed as an attacker would. */
  readonly takeover: boolean;
}

export function harmOf({ approval, context }: Pick<Attack, "approval" | "context">): Harm {
  return {
    approvedAfter: approval !== null,
    signedIn: context?.successes.some(({ own }) => own) === true,
    takeover: context?.followed.some(({ meaning }) => meaning === "takeover") === true,
  };
}

/** Reports whether all prompts came from where the user usually signs in. */
function isUsual({ context }: Pick<Attack, "context">): boolean {
  return context?.origins.verdict === "usual";
}

/**
 * Reports whether the attacker probably got in. An approval or a sign-in from where the user usually signs in counts
 * as the user's own.
 */
function isHarmed(attack: Attack): boolean {
  const { approvedAfter, signedIn, takeover } = harmOf(attack);
  return takeover || (!isUsual(attack) && (approvedAfter || signedIn));
}

/** Sorts the most harmful first; equal ones by time, then by user. */
export function byHarm(a: Attack, b: Attack): number {
  return weight(b) - weight(a) || compare(a.triggeredAt, b.triggeredAt) || compare(a.user, b.user);
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function weight(attack: Attack): number {
  const { takeover, signedIn, approvedAfter } = harmOf(attack);
  const isOwn = isUsual(attack);
  return (
    (takeover ? 32 : 0) +
    (signedIn && !isOwn ? 16 : 0) +
    (approvedAfter && !isOwn ? 8 : 0) +
    (isOwn ? 0 : 4) +
    severityRank[attack.severity]
  );
}

/**
 * Returns each user once: first those whose accounts the attacker probably got into, most harmful first, then the
 * others. `usual` are those of the others whose prompts all came from where they usually sign in.
 */
export function usersByHarm(attacks: readonly Attack[]) {
  const sorted = attacks.toSorted(byHarm);
  const harmed = new Set(sorted.filter(isHarmed).map(({ user }) => user));
  const foreign = new Set(sorted.filter((each) => !isUsual(each)).map(({ user }) => user));
  const others = [...new Set(sorted.map(({ user }) => user))].filter((user) => !harmed.has(user));
  return { harmed: [...harmed], others, usual: others.filter((user) => !foreign.has(user)) };
}

/**
 * Returns the verdict in one sentence: how many users were attacked, and how many of their accounts the attacker
 * got into.
 */
export function headline(attacks: readonly Attack[], verdict: CoverageReport["verdict"]): string {
  const { harmed, others, usual } = usersByHarm(attacks);
  const users = harmed.length + others.length;
  if (users === 0) {
    return {
      complete: "No user was attacked, as far as these logs show.",
      partial: "No attack was found, but not all of these logs could be judged.",
      blind: "These logs cannot show whether anybody was attacked.",
    }[verdict];
  }
  const attacked = `${counted(users, "user")} ${users === 1 ? "was" : "were"} attacked`;
  const outcome =
    harmed.length === 0
      ? "these logs show no sign that the attacker got in"
      : `the attacker probably got into ${counted(harmed.length, "account")} (${signs(attacks.filter(isHarmed))})`;
  const own =
    usual.length === 0
      ? ""
      : ` The prompts of ${counted(usual.length, "user")} came from where they usually sign in.`;
  return `${attacked}; ${outcome}.${own}`;
}

/** Describes the evidence, each sign with the number of its users. */
function signs(attacks: readonly Attack[]): string {
  const having = (sign: keyof Harm) =>
    new Set(attacks.filter((each) => harmOf(each)[sign]).map(({ user }) => user)).size;
  return [
    [having("approvedAfter"), "approved a prompt afterwards"],
    [having("signedIn"), "signed in from where the attack came from"],
    [having("takeover"), "changed as an attacker would"],
  ]
    .filter(([users]) => users !== 0)
    .map(([users, sign]) => `${users} ${sign}`)
    .join(", ");
}
