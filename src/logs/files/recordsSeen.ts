import { isFields, type Fields } from "../../detection/signin/fields.ts";
import { readTime } from "../../detection/signin/time.ts";
import type { RecordReading, ShownField } from "../../run/inputSeen.ts";

/**
 * The fields for which some records had values or two different ones, and their range of times. Plain data, so that
 * threads can exchange it.
 */
export interface RecordsSeen {
  /** A bit for each of `shownFields`. */
  shown: number;
  oldest: number | null;
  newest: number | null;
  /** For each field with different values under names with the same meaning, the number of records. */
  readonly conflicts: Map<string, number>;
}

/** In the order of their bits. */
const shownFields: readonly ShownField[] = [
  "resultCode",
  "resultText",
  "steps",
  "user",
  "objectId",
  "time",
  "interactive",
];
const allShown = (1 << shownFields.length) - 1;

const nilId = /^[0-]*$/;

export function nothingShown(): RecordsSeen {
  return { shown: 0, oldest: null, newest: null, conflicts: new Map() };
}

/** Adds a record with the names that detection reads, and how these were found. */
export function seeRecord(
  seen: RecordsSeen,
  { record, reading }: { readonly record: Fields; readonly reading?: RecordReading },
): void {
  reading?.conflicts.forEach((field) => addConflicts(seen, field, 1));
  const properties = record["properties"];
  const row = isFields(properties) ? properties : record;
  const at =
    readTime(row["CreatedDateTime"] ?? row["createdDateTime"]) ??
    readTime(record["TimeGenerated"] ?? record["time"]);
  if (at !== null) {
    extend(seen, at, at);
  }
  if (seen.shown !== allShown) {
    seen.shown |= fieldsIn(row, record, at);
  }
}

export function addSeen(seen: RecordsSeen, more: RecordsSeen): void {
  seen.shown |= more.shown;
  if (more.oldest !== null && more.newest !== null) {
    extend(seen, more.oldest, more.newest);
  }
  more.conflicts.forEach((count, field) => addConflicts(seen, field, count));
}

function addConflicts({ conflicts }: RecordsSeen, field: string, count: number): void {
  conflicts.set(field, (conflicts.get(field) ?? 0) + count);
}

export function shownIn(seen: RecordsSeen): ReadonlySet<ShownField> {
  return new Set(shownFields.filter((_, bit) => (seen.shown & (1 << bit)) !== 0));
}

function extend(seen: RecordsSeen, oldest: number, newest: number): void {
  seen.oldest = Math.min(seen.oldest ?? oldest, oldest);
  seen.newest = Math.max(seen.newest ?? newest, newest);
}

function fieldsIn(row: Fields, record: Fields, at: number | null): number {
  const status = row["Status"] ?? row["status"] ?? row["Status_dynamic"] ?? row["Status_string"];
  const steps = row["AuthenticationDetails"] ?? row["authenticationDetails"];
  const userId = row["UserId"] ?? row["userId"];
  const hasSteps = isFilled(steps) && (typeof steps !== "string" || steps.length > 4);
  const shows: Readonly<Record<ShownField, boolean>> = {
    resultCode:
      isFilled(row["ResultType"] ?? row["resultType"] ?? record["resultType"]) ||
      says(status, "errorCode"),
    resultText: hasSteps || says(status, "additionalDetails"),
    steps: hasSteps,
    user: isFilled(row["UserPrincipalName"] ?? row["userPrincipalName"]),
    objectId: typeof userId === "string" && !nilId.test(userId),
    time: at !== null,
    interactive:
      isFilled(row["IsInteractive"] ?? row["isInteractive"]) || isFilled(row["signInEventTypes"]),
  };
  return shownFields.reduce((bits, field, bit) => bits | (shows[field] ? 1 << bit : 0), 0);
}

/** Reports whether a member of an object, or of the text of one, has a value. */
function says(status: unknown, member: string): boolean {
  return typeof status === "string"
    ? status.includes(`"${member}`)
    : isFields(status) && isFilled(status[member]);
}

function isFilled(value: unknown): boolean {
  return (
    value !== undefined &&
    value !== null &&
    value !== "" &&
    !(Array.isArray(value) && value.length === 0)
  );
}
