import { isFields, type Fields } from "../../../detection/signin/fields.ts";
import { salvageObjects } from "../../../detection/signin/json.ts";
import { readTime } from "../../../detection/signin/time.ts";
import { stepNames, type StepName } from "../../../detection/signin/fieldNames.ts";
import { readFlag } from "./anyFlag.ts";
import { readAnyTime, type TimeHints } from "./anyTime.ts";
import { readLooseText } from "./looseText.ts";
import { plainName } from "./plainName.ts";

/** Each plain name of a step's field, with its rank among the field's names. */
const stepFields: ReadonlyMap<string, readonly [StepName, number]> = new Map(
  Object.entries(stepNames).flatMap(([field, names]) =>
    names.map((name, rank) => [plainName(name), [field as StepName, rank]] as const),
  ),
);

/** Returns the field of a step that a plain name means. */
export function stepField(name: string): StepName | null {
  return stepFields.get(name)?.[0] ?? null;
}

/**
 * Returns steps with the names that detection reads, from a list, one step, texts of either or a list of texts. A
 * truncated list becomes truncated text, so that the reader notices it. Returns null if there are no steps.
 */
export function readSteps(value: unknown, hints: TimeHints): readonly Fields[] | string | null {
  const found: Fields[] = [];
  const isCut = collect(value, found, 0);
  const steps = found.map((step) => canonicalStep(step, hints));
  if (isCut) {
    return `${JSON.stringify(steps).slice(0, -1)},`;
  }
  return steps.length > 0 || Array.isArray(value) ? steps : null;
}

/** Collects steps. Returns whether something is missing at the end. */
function collect(value: unknown, found: Fields[], depth: number): boolean {
  if (Array.isArray(value)) {
    return depth < 5 && value.map((each) => collect(each, found, depth + 1)).some(Boolean);
  }
  if (isFields(value)) {
    found.push(value);
    return false;
  }
  if (typeof value !== "string" || depth > 5) {
    return false;
  }
  const read = readLooseText(value);
  if (read !== null) {
    return collect(read.value, found, depth + 1) || read.isCut;
  }
  if (!/^\s*[[{]/.test(value)) {
    return false;
  }
  found.push(...salvageObjects(value).filter(isFields));
  return true;
}

/** Converts a step. At least one of its fields must have a known name. */
function canonicalStep(step: Fields, hints: TimeHints): Fields {
  const read: Partial<Record<StepName, unknown>> = {};
  const ranks = new Map<StepName, number>();
  for (const [name, value] of Object.entries(step)) {
    const [field, rank] = stepFields.get(plainName(name)) ?? [null, 0];
    if (field !== null && value !== null && rank < (ranks.get(field) ?? Infinity)) {
      read[field] = value;
      ranks.set(field, rank);
    }
  }
  const time = read.authenticationStepDateTime;
  if (time !== undefined && readTime(time) === null) {
    const any = readAnyTime(time, hints);
    read.authenticationStepDateTime =
      any.kind === "time"
        ? any.time
        : any.kind === "other"
          ? any.value
          : invariantTime(time, hints);
  }
  if (read.succeeded !== undefined) {
    read.succeeded = readFlag(read.succeeded);
  }
  return read;
}

/** PowerShell writes dates in text month first, whatever the country. */
function invariantTime(time: unknown, hints: TimeHints): unknown {
  const any = readAnyTime(time, { ...hints, dateOrder: "mdy" });
  return any.kind === "time" ? any.time : time;
}
