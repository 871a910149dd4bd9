import type { RowAccount } from "./account.ts";
import { isCandidate } from "./candidate.ts";
import type { Fields } from "./fields.ts";
import type { Outcome } from "./outcome.ts";
import {
  publishedAt,
  readApprovals,
  readBareRow,
  readTexts,
  type Approval,
  type Sighting,
} from "./sighting.ts";
import { isExcluded, type Scope } from "./scope.ts";
import { readSignIn, type SignIn } from "./signIn.ts";

export const setAsideReasons = [
  "notCandidate",
  "nonInteractive",
  "excluded",
  "unattributable",
  "notYetPublished",
] as const;

export type SetAsideReason = (typeof setAsideReasons)[number];

/** What one row adds. `account` is null if it cannot be determined. */
export type Classified = {
  readonly account: RowAccount | null;
  /** Empty for a row that was set aside, unless rules exclude it. For a bad row, those that can be read. */
  readonly sightings: readonly Sighting[];
  /** Includes those of rows set aside. */
  readonly approvals: readonly Approval[];
} & (
  | { readonly kind: "classified"; readonly unclassified: boolean }
  | { readonly kind: "setAside"; readonly reason: SetAsideReason }
  | { readonly kind: "bad"; readonly reason: string }
);

export interface ClassifyOptions {
  /** Rows published after this time (epoch ms) are ignored. */
  readonly asOf?: number | null;
  /** The scopes of every active rule. A row is set aside if all of them exclude it. */
  readonly scopes?: readonly Scope[];
}

/** Classifies one record. Every record gets exactly one kind and reason, so that counts add up. */
export function classify(record: Fields, options: ClassifyOptions = {}): Classified {
  return classifySignIn(readSignIn(record), options);
}

/** Returns the account of a row, and what it approves, whatever else it says. */
export function classifyApprovals(record: Fields): Pick<Classified, "account" | "approvals"> {
  return readApproved(readSignIn(record));
}

export function classifySignIn(signIn: SignIn, options: ClassifyOptions = {}): Classified {
  const { asOf = null } = options;
  if (asOf !== null && (publishedAt(signIn) ?? asOf) > asOf) {
    return setAside("notYetPublished", null, []);
  }
  const { account, approvals } = readApproved(signIn);
  if (!isCandidate(signIn)) {
    return setAside("notCandidate", account, approvals);
  }
  if (!signIn.interactive) {
    return setAside("nonInteractive", account, approvals);
  }
  const sightings: Sighting[] = [];
  let isTimeless = false;
  let unclassified = true;
  for (const { outcome, ofPrompt, sighting } of readTexts(signIn)) {
    if (sighting !== null) {
      sightings.push(sighting);
    }
    isTimeless ||= ofPrompt && sighting === null;
    unclassified &&= tellsNothing(outcome);
  }
  if (sightings.length === 0) {
    sightings.push(...bareRow(signIn));
  }
  if (isExcludedByAll(signIn, sightings, options.scopes ?? [])) {
    // They are kept, because what an exclusion hides is counted, and reported if it turns out to be a break-in.
    return setAside("excluded", account, approvals, account === null ? [] : sightings);
  }
  if (account === null) {
    return setAside("unattributable", account, approvals);
  }
  return isTimeless
    ? { kind: "bad", reason: "no readable time", account, sightings, approvals }
    : { kind: "classified", unclassified, account, sightings, approvals };
}

function readApproved(signIn: SignIn): Pick<Classified, "account" | "approvals"> {
  const { account, interactive } = signIn;
  return { account, approvals: account !== null && interactive ? readApprovals(signIn) : [] };
}

function setAside(
  reason: SetAsideReason,
  account: RowAccount | null,
  approvals: readonly Approval[],
  sightings: readonly Sighting[] = [],
): Classified {
  return { kind: "setAside", reason, account, sightings, approvals };
}

function bareRow(signIn: SignIn): readonly Sighting[] {
  const sighting = readBareRow(signIn);
  return signIn.account === null || sighting === null ? [] : [sighting];
}

function isExcludedByAll(
  signIn: SignIn,
  sightings: readonly Sighting[],
  scopes: readonly Scope[],
): boolean {
  const names = namesIn(signIn);
  // Without a time, only exclusions without an end apply.
  const seen = sightings.length > 0 ? sightings : [{ origin: signIn.origin, at: Infinity }];
  return (
    scopes.length > 0 &&
    scopes.every((scope) => seen.every((each) => isExcluded(scope, names, each)))
  );
}

function namesIn({ account }: SignIn): readonly string[] {
  return account === null ? [] : [account.user, ...(account.name === null ? [] : [account.name])];
}

/** Reports whether an outcome says nothing about a prompt, as for a password step. */
function tellsNothing(outcome: Outcome): boolean {
  return outcome === "unclassified" || outcome === "firstFactor";
}
