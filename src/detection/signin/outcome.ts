import { remember } from "./remember.ts";

/** Outcomes of a prompt that was really put to a user and not approved; the ones that runs count. */
export const promptOutcomes = [
  "denied",
  "fraudReported",
  "wrongNumber",
  "noResponse",
  "wrongCode",
  "duplicateAttempt",
  "blocked",
  "technical",
  "pending",
] as const;

export type PromptOutcome = (typeof promptOutcomes)[number];

/**
 * What an MFA text of a sign-in row says became of the prompt.
 *
 * Source: Microsoft's lists of MFA result details, public detection rules and real sample records;
 * English only, because localised log values have not been found anywhere.
 */
export const outcomes = [
  ...promptOutcomes,
  "challengeIssued",
  "approved",
  "satisfiedWithoutPrompt",
  "firstFactor",
  "unclassified",
] as const;

export type Outcome = (typeof outcomes)[number];

const promptOutcomeSet: ReadonlySet<Outcome> = new Set<Outcome>(promptOutcomes);

export function isPromptOutcome(outcome: Outcome): outcome is PromptOutcome {
  return promptOutcomeSet.has(outcome);
}

/** Explicit refusals. */
export function isDenial(outcome: Outcome): boolean {
  return outcome === "denied" || outcome === "fraudReported";
}

/** The words of a fresh approval, by where they stand. */
const approvalWords = {
  step: "mfa successfully completed",
  status: "mfa completed in azure ad",
} as const;

type Place = (text: string, part: string) => boolean;

const has: Place = (text, part) => text.includes(part);
const starts: Place = (text, part) => text.startsWith(part);

/** The part of a text that carries the meaning, and how it stands in the text. The first that fits decides. */
const phrases: readonly (readonly [Outcome, Place, readonly string[]])[] = [
  ["fraudReported", has, ["reported fraud", "fraud code entered", "suspiciousactivityreported"]],
  ["duplicateAttempt", has, ["duplicate authentication attempt"]],
  ["blocked", has, ["user is blocked"]],
  ["wrongNumber", has, ["did not select the correct number"]],
  [
    "noResponse",
    has,
    [
      "did not respond to mobile app notification",
      "never entered the verification code",
      "no phone input",
      "went to voicemail",
      "unable to reach the user's phone",
      "hung up the phone call",
    ],
  ],
  [
    "wrongCode",
    has,
    [
      "invalid verification code",
      "invalid mobile app verification code",
      "entered incorrect code",
      "entered incorrect pin",
      "incorrect code too many times",
      "verification code already used",
    ],
  ],
  [
    "technical",
    starts,
    [
      "invalid authentication",
      "misconfiguration",
      "service error",
      "user not found",
      "no verification methods registered",
      "unable to send the mobile app notification",
      "phone number has an invalid format",
    ],
  ],
  ["pending", starts, ["authentication in progress"]],
  ["approved", starts, Object.values(approvalWords)],
  ["firstFactor", starts, ["correct password", "first factor requirement satisfied"]],
  [
    "satisfiedWithoutPrompt",
    has,
    [
      "satisfied by claim",
      "satisfied by strong authentication",
      "satisfied by mfa completed",
      "skipped due to",
      "skipped as flow exercised",
    ],
  ],
  [
    "challengeIssued",
    has,
    [
      "mfa required in azure ad",
      "registration prompted",
      "has expired",
      "redirected to external provider",
    ],
  ],
];

/**
 * One of these is in every text that can mean a denial (`canMeanDenial`), however it is spelt: they are free of
 * blanks and apostrophes, which are spelt in many ways, and case does not count. What searches for them finds
 * more, never less.
 */
export const denialSearch = [
  "denied",
  "declined",
  "fraud",
  "suspiciousactivityreported",
  "duplicate",
  "select",
] as const;

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
const denialPrefix = /^mfa denied ?[;,:.-]? ?/;

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
    .replace(featureName, "mfa");
}

/**
 * "User declined …" and "user denied …" without a known ending are refusals too, but declining consent to
 * an application (65004) is another matter.
 */
function isRefusal(meaning: string): boolean {
  return /^(?:the )?user (?:declined|denied)\b/.test(meaning) && !meaning.includes("consent");
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
  const meaning = whole.replace(denialPrefix, "");
  const fits = phrases.find(([, stands, parts]) => parts.some((part) => stands(meaning, part)));
  return {
    outcome: fits?.[0] ?? (isRefusal(meaning) ? "denied" : "unclassified"),
    underDenied: whole.startsWith("mfa denied"),
    approves: {
      step: whole.startsWith(approvalWords.step),
      status: whole.startsWith(approvalWords.status),
    },
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
  const { outcome, underDenied } = read(text);
  switch (outcome) {
    case "denied":
    case "fraudReported":
    case "wrongNumber":
    case "duplicateAttempt":
      return true;
    case "unclassified":
      return underDenied;
    default:
      return false;
  }
}
