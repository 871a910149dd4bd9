import type * as v from "valibot";
import { didYouMean } from "./nearest.ts";

/** What is wrong with a value, and where in it. */
export interface Problem {
  readonly path: readonly (string | number)[];
  /** The rest of a sentence that begins with the place. */
  readonly problem: string;
}

/** An issue of valibot as `[0].threshold must be a whole number`. */
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

/** A problem of a setting, with the setting's name before its place: `DETECTION_RULES[0].threshold has …`. */
export function problemWith(setting: string, problem: string): string {
  // A problem of a text that was read by lines names the setting already.
  const isPlaced = problem.startsWith(`${setting}:`);
  return isPlaced
    ? problem
    : problem.startsWith("[")
      ? `${setting}${problem}`
      : `${setting} ${problem}`;
}

/** Where in the value it is, such as `[0].threshold`; empty for the value as a whole. */
export function placeOf(issue: v.BaseIssue<unknown>): string {
  return placeText(problemIn(issue).path);
}

function placeText(path: Problem["path"]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");
}

/** What is wrong with it, as the rest of a sentence. */
export function problemOf({ path, input, expected, message, type }: v.BaseIssue<unknown>): string {
  if (expected === "never") {
    return message.startsWith(unknown) ? message : unknown;
  }
  // JSON holds no undefined.
  if (path !== undefined && input === undefined) {
    return "is missing";
  }
  return type === "picklist" ? message + didYouMean(input, wordsIn(expected ?? "")) : message;
}

const unknown = "is not known";

/** The words of `"a" | "b"`, as valibot writes down what it expects. */
function wordsIn(expected: string): readonly string[] {
  return [...expected.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word);
}

/** The message of an object whose members are known: of one that is not, it says which may have been meant. */
export function membersMessage(members: readonly string[], message: string) {
  return (issue: v.BaseIssue<unknown>) =>
    issue.expected === "never" ? unknown + didYouMean(issue.path?.at(-1)?.key, members) : message;
}
