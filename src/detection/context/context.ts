import type { Prompt } from "../prompts/prompt.ts";
import type { Approval } from "../signin/sighting.ts";

/**
 * What the logs around a burst say, as answers to an analyst's first questions. Computed from rows of several
 * tables. All times are epoch milliseconds, and every list has a fixed order, so that equal rows give equal text.
 */
export interface Context {
  readonly origins: Origins;
  /** Null if the rows do not say. */
  readonly password: PasswordCheck | null;
  /** Null if there was none. */
  readonly spray: Spray | null;
  /** Successful sign-ins up to 24 hours after the first denial, oldest first, without approvals of the burst. */
  readonly successes: readonly SuccessAfter[];
  /** Fraud and suspicious-activity reports of the audit log, oldest first. */
  readonly reports: readonly UserReport[];
  /** What happened up to 24 hours after the first denial, oldest first. */
  readonly followed: readonly Followed[];
  readonly campaign: Campaign | null;
  /** What could not be looked up; empty if everything was. */
  readonly gaps: readonly Gap[];
}

/**
 * Where the denials and approvals came from, compared with the account's own history: `usual` if all of them
 * came from known origins, `new` if none did, `unknown` with under 7 days of history or after a failed lookup.
 */
export type OriginVerdict = "usual" | "new" | "mixed" | "unknown";

export interface Origins {
  readonly verdict: OriginVerdict;
  /** Whole days of history examined, at most 30. */
  readonly historyDays: number;
  /** Every address of a denial or an approval. */
  readonly addresses: readonly OriginAddress[];
  /** Every joined or compliant device of a denial or an approval. */
  readonly devices: readonly OriginDevice[];
  /** Other things the account is known to use. They decide nothing. */
  readonly traits: readonly FamiliarTrait[];
}

/** A trait of the denials' origins, and whether the account was seen with it before (null if unknown). */
export interface FamiliarTrait {
  readonly kind: "neighbourhood" | "as-number" | "country" | "browser" | "application";
  readonly value: string;
  readonly known: boolean | null;
}

export interface OriginAddress {
  readonly address: string;
  /** Null if unknown. */
  readonly known: boolean | null;
  /** Days of the 30 before the first denial on which the account signed in from it with MFA. */
  readonly days: number;
  readonly location: string | null;
  readonly asNumber: string | null;
}

export interface OriginDevice {
  readonly id: string;
  readonly name: string | null;
  readonly known: boolean | null;
  readonly days: number;
}

/** Whether the person who triggered the prompts knew the password. */
export interface PasswordCheck {
  /** Denials whose row shows a correct first factor, out of `shown`, those whose row shows any. */
  readonly right: number;
  readonly shown: number;
  /** Wrong passwords of this account in the 24 hours before the first denial. */
  readonly wrongBefore: number;
}

/** Wrong passwords (50126) of other accounts from the denials' addresses within 24 hours. */
export interface Spray {
  readonly accounts: number;
  readonly attempts: number;
  readonly addresses: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** A successful sign-in from an address or in a session of the denials. */
export interface SuccessAfter {
  readonly at: number;
  /** The account that signed in, as displayed. */
  readonly user: string;
  /** Whether it is the account of the burst. */
  readonly own: boolean;
  readonly by: "address" | "session";
  readonly interactive: boolean;
  readonly ipAddress: string | null;
  readonly location: string | null;
  readonly application: string | null;
  readonly method: string | null;
  readonly session: string | null;
}

export interface UserReport {
  readonly at: number;
  /** The operation's own name, for example "Suspicious activity reported". */
  readonly what: string;
  readonly by: string | null;
}

/** Kinds of events after the first denial, in the order in which a summary names them. */
export const followedKinds = [
  "security-info",
  "password",
  "role",
  "consent",
  "inbox-rule",
  "device",
  "conditional-access",
  "risk",
  "other",
] as const;

export type FollowedKind = (typeof followedKinds)[number];

export interface Followed {
  readonly at: number;
  readonly kind: FollowedKind;
  /** The operation's own name, for example "User registered security info". */
  readonly what: string;
  /** The object of the operation, if the row has it: a role, an application, a method. */
  readonly detail: string | null;
  /** Who did it, as displayed. */
  readonly by: string | null;
  /** Whether the account did it itself. */
  readonly own: boolean;
  readonly address: string | null;
  /**
   * `takeover`: security info, a role, consent, an inbox rule or a password was changed, either by another account
   * or by the account itself from a denial's, an approval's or a new address. `protective`: the account did so from
   * a known address, or another account did so in its defence. `neutral`: everything else.
   */
  readonly meaning: "takeover" | "protective" | "neutral";
}

/** Other accounts with denials, or MFA failures without a reason, from the same origin within 24 hours. */
export interface Campaign {
  /** The incident id of its earliest finding; null if none of its findings is known. */
  readonly id: string | null;
  /** Number of other accounts. */
  readonly users: number;
  /** The first of them by name, at most 20. */
  readonly members: readonly string[];
  /** What they share, strongest first. */
  readonly shared: readonly CampaignTrait[];
}

export interface CampaignTrait {
  readonly kind: "address" | "as-number" | "user-agent";
  readonly value: string;
}

/** A table that could not be queried. Nothing follows from its silence. */
export interface Gap {
  readonly table: string;
  readonly problem: "not connected" | "not permitted" | "failed" | "cut";
}

/** The burst that a context is for. */
export interface ContextQuestion {
  /** Oldest first. */
  readonly denials: readonly Prompt[];
  readonly triggeredAt: number;
  /** Every approval that belongs to the burst, oldest first. */
  readonly approvals: readonly Approval[];
}

/** Returns the context of a burst, or null if it was not looked up. Equal questions get equal answers. */
export type ContextOf = (question: ContextQuestion) => Context | null;
