import { inWords } from "../detection/rules/ruleText.ts";
import { readTime } from "../detection/signin/time.ts";
import { parseDuration } from "../detection/rules/duration.ts";
import { didYouMean } from "../settings/nearest.ts";
import { valueOf } from "./args.ts";
import type { Given } from "./command.ts";
import { UsageError } from "./usageError.ts";

/** Returns one of a list of words. @throws UsageError, like all functions here */
export function oneOf<T extends string>(given: Given, name: string, words: readonly T[]): T | null {
  const value = valueOf(given, name);
  const word = words.find((each) => each === value);
  if (value !== null && word === undefined) {
    throw new UsageError(
      `--${name} is '${value}'; it must be one of ${words.join(", ")}${didYouMean(value, words)}`,
    );
  }
  return word ?? null;
}

export function wholeNumber(
  given: Given,
  name: string,
  least: number,
  most: number,
): number | null {
  const value = valueOf(given, name);
  if (value === null) {
    return null;
  }
  const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
  if (!(number >= least && number <= most)) {
    throw new UsageError(
      `--${name} is '${value}'; it must be a whole number from ${least} to ${most}`,
    );
  }
  return number;
}

/** Returns a percentage from 0 to 100. A percent sign may follow. */
export function percentage(given: Given, name: string): number | null {
  const value = valueOf(given, name);
  if (value === null) {
    return null;
  }
  const [, digits] = /^(\d{1,3}(?:\.\d{1,9})?) ?%?$/.exec(value.trim()) ?? [];
  const percent = Number(digits ?? NaN);
  if (!(percent <= 100)) {
    throw new UsageError(`--${name} is '${value}'; it must be a percentage from 0 to 100`);
  }
  return percent;
}

/** Returns milliseconds. */
export function duration(
  given: Given,
  name: string,
  leastMs: number,
  mostMs: number,
): number | null {
  const value = valueOf(given, name);
  if (value === null) {
    return null;
  }
  const length = parseDuration(value);
  if (length === null) {
    throw new UsageError(`--${name} is '${value}'; it must be a duration such as 15m or PT15M`);
  }
  if (length < leastMs || length > mostMs) {
    throw new UsageError(
      `--${name} is '${value}'; it must be from ${inWords(leastMs)} to ${inWords(mostMs)}`,
    );
  }
  return length;
}

/** Returns epoch milliseconds. */
export function moment(given: Given, name: string): number | null {
  const value = valueOf(given, name);
  if (value === null) {
    return null;
  }
  const at = readTime(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value);
  if (at === null) {
    throw new UsageError(
      `--${name} is '${value}'; it must be a day such as 2026-03-10 or a time such as 2026-03-10T09:00:00Z`,
    );
  }
  return at;
}
