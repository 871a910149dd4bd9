import type { Outcome } from "./outcome.ts";
import { approvalWords, phrases, startsWith } from "./phrases.ts";
import { remember } from "./remember.ts";
import { searchWords } from "./searchWords.ts";

/** What `MFA denied` stands for, whatever follows. */
const underDenied = "mfa denied";

/**
 * One of these is in every text that can mean a denial (`canMeanDenial`), however it is spelt: they are free of
 * blanks and apostrophes, which are spelt in many ways, and case does not count. What searches for them finds
 * more, never less.
 */
export const denialSearch: readonly string[] = searchWords([
  underDenied,
  ...phrases.filter(({ outcome }) => mayHideDenial(outcome)).flatMap(({ parts }) => parts),
]);

/**
 * Texts in their usual spelling that are found by one of these and can mean no denial, so that a search may pass
 * over them. Steps of earlier prompts end in them on many rows.
 */
export const harmlessTexts = [
  "MFA denied; user did not respond to mobile app notification",
  "MFA denied; invalid verification code",
  "MFA denied; user is blocked",
] as const;

/** This is in every text that means an approval (`meansApproval`). */
export const approvalSearch = "completed";

/** The older and the newer name of the feature at the start of a text become "mfa". */
const featureName = /^(?:azure )?multi-?factor authentication\b/;
const denialPrefix = /^mfa denied ?[;,:.(-]? ?/;

/** Longest text that is looked at; the known ones are under 150 characters. */
const longestText = 1_000;

function normalise(text: string): string {
  return text
    .slice(0, longestText)
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/\b(did|does)n't\b/g, "$1 not")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\.$/, "")
    .trimEnd()
    .replace(featureName, "mfa");
}

interface Reading {
  readonly outcome: Outcome;
  /** The text stands under "MFA denied", whatever follows. */
  readonly underDenied: boolean;
  /** It says, where it stands, that a prompt was approved just now. */
  readonly approves: Readonly<Record<keyof typeof approvalWords, boolean>>;
}

/** A log has few texts, and many rows of each. */
const mostTexts = 1_000;
const read = remember(readAnew, mostTexts, (text) => text.length <= longestText);

function readAnew(text: string): Reading {
  const whole = normalise(text);
  const wording = { whole, meaning: whole.replace(denialPrefix, "") };
  const fits = phrases.find(({ place, parts }) => parts.some((part) => place(wording, part)));
  const isApproval = (place: keyof typeof approvalWords) =>
    approvalWords[place].some((part) => startsWith(whole, part));
  return {
    outcome: fits?.outcome ?? "unclassified",
    underDenied: whole.startsWith(underDenied),
    approves: { step: isApproval("step"), status: isApproval("status") },
  };
}

/**
 * The outcome class of one MFA text.
 *
 * @param text a step's `authenticationStepResultDetail` or a row's `Status.additionalDetails`, as logged
 * @returns its class; `unclassified` for every text that does not say what became of a prompt
 */
export function classifyText(text: string): Outcome {
  return read(text).outcome;
}

/** Whether a text says that a prompt was approved just now. */
export function meansApproval(text: string, source: keyof typeof approvalWords): boolean {
  return read(text).approves[source];
}

/**
 * Whether a text can mean that a user refused: the refusals, the two classes that may hide one, and
 * "MFA denied" for a reason nobody has seen yet. Makes a row a candidate whatever its ResultType.
 */
export function canMeanDenial(text: string): boolean {
  const { outcome, underDenied: isDenied } = read(text);
  return mayHideDenial(outcome) || (outcome === "unclassified" && isDenied);
}

/** The refusals, and the two classes behind which one was found. */
function mayHideDenial(outcome: Outcome): boolean {
  switch (outcome) {
    case "denied":
    case "fraudReported":
    case "wrongNumber":
    case "duplicateAttempt":
      return true;
    default:
      return false;
  }
}
