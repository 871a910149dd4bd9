import type { Outcome } from "./outcome.ts";
import { approvalWords, phrases, startsWith } from "./phrases.ts";
import { remember } from "./remember.ts";
import { searchWords } from "./searchWords.ts";

/** The class of `MFA denied`, whatever follows. */
const underDenied = "mfa denied";

/**
 * Every text that can mean a denial (`canMeanDenial`) contains one of these in any spelling. They have no blanks or
 * apostrophes, which vary, and compare without case. A search for them may find more texts, never fewer.
 */
export const denialSearch: readonly string[] = searchWords([
  underDenied,
  ...phrases.filter(({ outcome }) => mayHideDenial(outcome)).flatMap(({ parts }) => parts),
]);

/**
 * Texts in their usual spelling that contain one of these words but cannot mean a denial, so that a search may skip
 * them. Steps of earlier prompts have such endings on many rows.
 */
export const harmlessTexts = [
  "MFA denied; user did not respond to mobile app notification",
  "MFA denied; invalid verification code",
  "MFA denied; user is blocked",
] as const;

/** Every text that means an approval (`meansApproval`) contains this. */
export const approvalSearch = "completed";

/** The older or newer name of the feature at the start of a text. It is replaced by "mfa". */
const featureName = /^(?:azure )?multi-?factor authentication\b/;
const denialPrefix = /^mfa denied ?[;,:.(-]? ?/;

/** Longest text that is examined, in UTF-16 units. The known ones are under 150 characters. */
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
  /** Whether the text begins with "MFA denied". */
  readonly underDenied: boolean;
  /** Whether it says that a prompt was approved just now, by the kind of place. */
  readonly approves: Readonly<Record<keyof typeof approvalWords, boolean>>;
}

/** The number of cached texts. A log has few texts, and many rows for each. */
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
 * Returns the outcome class of one MFA text.
 *
 * @param text a step's `authenticationStepResultDetail` or a row's `Status.additionalDetails`, as logged
 * @returns `unclassified` for every text that does not give the outcome of a prompt
 */
export function classifyText(text: string): Outcome {
  return read(text).outcome;
}

/** Reports whether a text says that a prompt was approved just now. */
export function meansApproval(text: string, source: keyof typeof approvalWords): boolean {
  return read(text).approves[source];
}

/**
 * Reports whether a text can mean that a user refused: the refusals, the two classes that may hide one, and "MFA
 * denied" with an unknown reason. Such a text makes a row a candidate, whatever its ResultType.
 */
export function canMeanDenial(text: string): boolean {
  const { outcome, underDenied: isDenied } = read(text);
  return mayHideDenial(outcome) || (outcome === "unclassified" && isDenied);
}

/** Reports whether a class is a refusal, or one of the two that have hidden one. */
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
