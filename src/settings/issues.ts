import type * as v from "valibot";
import { didYouMean } from "./nearest.ts";

/** A problem in a value, and its place. */
export interface Problem {
  readonly path: readonly (string | number)[];
  /** The rest of a sentence that begins with the place. */
  readonly problem: string;
}

/** Describes a valibot issue, such as `[0].threshold must be a whole number`. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  return sentenceOf(problemIn(issue));
}

export function sentenceOf({ path, problem }: Problem): string {
  const place = placeText(path);
  return place === "" ? problem : `${place} ${problem}`;
}

export function problemIn(issue: v.BaseIssue<unknown>): Problem {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
  return { path, problem: problemOf(issue) };
}

/** Puts the setting's name before a problem and its place: `DETECTION_RULES[0].threshold has …`. */
export function problemWith(setting: string, problem: string): string {
  // A problem with a line number already names the setting.
  const isPlaced = problem.startsWith(`${setting}:`);
  return isPlaced
    ? problem
    : problem.startsWith("[")
      ? `${setting}${problem}`
      : `${setting} ${problem}`;
}

/** Returns the place in the value, such as `[0].threshold`; empty for the value as a whole. */
export function placeOf(issue: v.BaseIssue<unknown>): string {
  return placeText(problemIn(issue).path);
}

function placeText(path: Problem["path"]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");
}

/** Returns the problem, as the rest of a sentence. */
export function problemOf({ path, input, expected, message, type }: v.BaseIssue<unknown>): string {
  if (expected === "never") {
    return message.startsWith(unknown) ? message : unknown;
  }
  // JSON has no undefined, so the member is absent.
  if (path !== undefined && input === undefined) {
    return "is missing";
  }
  return type === "picklist" ? message + didYouMean(input, wordsIn(expected ?? "")) : message;
}

const unknown = "is not known";

/** Returns the words in `"a" | "b"`, which is how valibot describes what it expects. */
function wordsIn(expected: string): readonly string[] {
  return [...expected.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word);
}

/** Returns the message for an object. For an unknown member, it suggests the member that was probably meant. */
export function membersMessage(members: readonly string[], message: string) {
  return (issue: v.BaseIssue<unknown>) =>
    issue.expected === "never" ? unknown + didYouMean(issue.path?.at(-1)?.key, members) : message;
}
