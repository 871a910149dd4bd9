import type { Outcome } from "./outcome.ts";

/** The words of a fresh approval, by the kind of place. */
export const approvalWords = {
  step: ["mfa successfully completed"],
  status: ["mfa completed in azure ad", "mfa completed in the cloud"],
} as const;

/** An MFA text, and the same text without a leading "MFA denied". */
interface Wording {
  readonly whole: string;
  readonly meaning: string;
}

type Place = (text: Wording, part: string) => boolean;

const has: Place = ({ meaning }, part) => meaning.includes(part);
const starts: Place = ({ meaning }, part) => startsWith(meaning, part);
const is: Place = ({ whole }, part) => whole === part;

/** Matches whole words only. */
export function startsWith(text: string, part: string): boolean {
  return text.startsWith(part) && !/^\w/.test(text.slice(part.length));
}

export interface Phrases {
  readonly outcome: Outcome;
  /** How the significant part occurs in the text. */
  readonly place: Place;
  readonly parts: readonly string[];
}

/**
 * The texts, in the order in which they are tried. The first match decides. Searches for denials use
 * `denialSearch`, which is derived from this table.
 */
export const phrases: readonly Phrases[] = [
  {
    outcome: "fraudReported",
    place: has,
    parts: [
      "reported fraud",
      "fraud code entered",
      "fraud code reported",
      "suspiciousactivityreported",
    ],
  },
  { outcome: "duplicateAttempt", place: has, parts: ["duplicate authentication attempt"] },
  { outcome: "blocked", place: has, parts: ["user is blocked"] },
  { outcome: "wrongNumber", place: has, parts: ["did not select the correct number"] },
  {
    outcome: "noResponse",
    place: has,
    parts: [
      "did not respond to mobile app notification",
      "did not respond to push notification",
      "never entered the verification code",
      "no phone input",
      "went to voicemail",
      "unable to reach the user's phone",
      "phone unreachable",
      "hung up the phone call",
    ],
  },
  {
    outcome: "wrongCode",
    place: has,
    parts: [
      "invalid verification code",
      "invalid mobile app verification code",
      "entered incorrect code",
      "entered incorrect pin",
      "incorrect code too many times",
      "verification code already used",
    ],
  },
  {
    outcome: "technical",
    place: starts,
    parts: [
      "invalid authentication",
      "misconfiguration",
      "service error",
      "user not found",
      "no verification methods registered",
      "user does not have any verification methods registered",
      "unable to send the mobile app notification",
      "phone number has an invalid format",
    ],
  },
  {
    outcome: "pending",
    place: starts,
    parts: ["authentication in progress", "authentication in-progress"],
  },
  {
    outcome: "approved",
    place: starts,
    parts: [...approvalWords.step, ...approvalWords.status, "completed in the cloud"],
  },
  {
    outcome: "firstFactor",
    place: starts,
    parts: ["correct password", "first factor requirement satisfied"],
  },
  {
    outcome: "satisfiedWithoutPrompt",
    place: has,
    parts: [
      "satisfied by claim",
      "satisfied by strong authentication",
      "satisfied by mfa completed",
      "skipped due to",
      "skipped as flow exercised",
    ],
  },
  {
    outcome: "challengeIssued",
    place: has,
    parts: [
      "mfa required in azure ad",
      "registration prompted",
      "has expired",
      "redirected to external provider",
    ],
  },
  // Declining consent to an application (65004) is something else.
  { outcome: "unclassified", place: has, parts: ["consent"] },
  {
    outcome: "denied",
    place: starts,
    parts: ["user declined", "user denied", "the user declined", "the user denied"],
  },
  { outcome: "denied", place: is, parts: ["mfa denied by user", "mfa denied by the user"] },
];
