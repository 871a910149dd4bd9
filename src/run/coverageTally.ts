import { classifySignIn, type Classified } from "../detection/signin/classify.ts";
import type { Fields } from "../detection/signin/fields.ts";
import { readMfaFailure } from "../detection/signin/mfaFailure.ts";
import { pastMfa } from "../detection/signin/sighting.ts";
import { readSignIn, type SignIn } from "../detection/signin/signIn.ts";
import { cutAt } from "../detection/signin/visible.ts";
import { hash53 } from "./hash53.ts";
import type { ShownField } from "./inputSeen.ts";

/** Maximum length of an unknown text, in UTF-16 units. Longer ones are cut. */
export const longestUnknownText = 200;

/** The number of distinct unknown texts counted. A damaged log can contain any number. */
const mostUnknownTexts = 1_000;

/** What the rows of one read show. It grows row by row, and is plain data so that threads can exchange it. */
export interface CoverageTally {
  readonly shown: Set<ShownField>;
  /** Whether a step has a text. */
  hasStepText: boolean;
  /** Whether an interactive sign-in passed MFA or needed none. */
  hasSuccess: boolean;
  /** Rows that a search skipped without parsing them. */
  passedRows: number;
  /** Hashes of the accounts of the parsed rows. */
  readonly users: Set<number>;
  /** Failed MFA requests, by the hash of the request. True once a row gives the reason. */
  readonly failures: Map<number, boolean>;
  /** MFA texts of no known class, with the number of rows for each. */
  readonly unknownTexts: Map<string, number>;
  /** Time of the oldest and the newest parsed row (epoch ms). */
  oldestAt: number | null;
  newestAt: number | null;
}

export function emptyTally(): CoverageTally {
  return {
    shown: new Set(),
    hasStepText: false,
    hasSuccess: false,
    passedRows: 0,
    users: new Set(),
    failures: new Map(),
    unknownTexts: new Map(),
    oldestAt: null,
    newestAt: null,
  };
}

/**
 * Adds a parsed row, unless it is published after `asOf`. MFA failures are counted before exclusions.
 * Non-interactive failures, and those of nobody, are not counted, because they could not become a finding.
 */
export function tallyRow(tally: CoverageTally, signIn: SignIn, classified: Classified): void {
  if (classified.kind === "setAside" && classified.reason === "notYetPublished") {
    return;
  }
  tallyShown(tally, signIn);
  const failure = signIn.interactive && classified.account !== null ? readMfaFailure(signIn) : null;
  if (failure !== null) {
    addFailure(tally.failures, hash53(signIn.request), failure.hasReason);
    failure.unknownTexts.forEach((text) => addUnknownText(tally.unknownTexts, cut(text), 1));
  }
}

/** Returns what fully parsed records show, and how many of them are bad. */
export function tallyRecords(records: readonly Fields[]): {
  readonly tally: CoverageTally;
  readonly bad: number;
} {
  const tally = emptyTally();
  let bad = 0;
  for (const record of records) {
    const signIn = readSignIn(record);
    const classified = classifySignIn(signIn);
    bad += classified.kind === "bad" ? 1 : 0;
    tallyRow(tally, signIn, classified);
  }
  return { tally, bad };
}

function tallyShown(tally: CoverageTally, signIn: SignIn): void {
  const { resultType, statusText, steps, account, origin, createdAt, generatedAt } = signIn;
  const { shown } = tally;
  const show = (field: ShownField, isShown: boolean) => isShown && shown.add(field);
  show("resultCode", /^\d/.test(resultType));
  show("resultText", statusText !== null);
  show("steps", steps.length > 0);
  show("user", origin.userName !== null);
  show("objectId", origin.userId !== null);
  show("time", createdAt !== null || generatedAt !== null);
  tally.hasStepText ||= steps.some(({ text }) => text !== "");
  tally.hasSuccess ||= signIn.interactive && pastMfa.has(resultType);
  const at = createdAt ?? generatedAt;
  tally.oldestAt = earlier(tally.oldestAt, at);
  tally.newestAt = later(tally.newestAt, at);
  if (account !== null) {
    tally.users.add(hash53(account.user));
  }
}

/** Adds what other rows of the same read show. */
export function addTally(tally: CoverageTally, more: CoverageTally): void {
  more.shown.forEach((field) => tally.shown.add(field));
  tally.hasStepText ||= more.hasStepText;
  tally.hasSuccess ||= more.hasSuccess;
  tally.passedRows += more.passedRows;
  more.users.forEach((user) => tally.users.add(user));
  more.failures.forEach((hasReason, request) => addFailure(tally.failures, request, hasReason));
  more.unknownTexts.forEach((count, text) => addUnknownText(tally.unknownTexts, text, count));
  tally.oldestAt = earlier(tally.oldestAt, more.oldestAt);
  tally.newestAt = later(tally.newestAt, more.newestAt);
}

function addFailure(failures: Map<number, boolean>, request: number, hasReason: boolean): void {
  failures.set(request, hasReason || failures.get(request) === true);
}

function addUnknownText(texts: Map<string, number>, text: string, count: number): void {
  const known = texts.get(text);
  if (known !== undefined || texts.size < mostUnknownTexts) {
    texts.set(text, (known ?? 0) + count);
  }
}

function cut(text: string): string {
  return text.length > longestUnknownText ? `${cutAt(text, longestUnknownText - 1)}…` : text;
}

export function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

export function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
