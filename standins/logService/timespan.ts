import { datetimeOf, readDatetime } from "./datetime.ts";
import { QueryError } from "./queryError.ts";

/** Datetimes, both inclusive. */
export interface Timespan {
  readonly from: string;
  readonly to: string;
}

/**
 * Parses the `timespan` of a request, an ISO 8601 interval that limits TimeGenerated: `PT1H`, `START/END`,
 * `START/PT1H` or `PT1H/END`.
 *
 * @param now a datetime, the end of a single duration
 */
export function readTimespan(text: string, now: string): Timespan {
  const [first = "", second] = text.split("/");
  const [start, end] = [readDatetime(first), second && readDatetime(second)];
  const [before, after] = [readDuration(first), readDuration(second ?? "")];
  if (start && end) {
    return { from: start, to: end };
  }
  if (start && after !== undefined) {
    return { from: start, to: moved(start, after) };
  }
  if (before !== undefined && end) {
    return { from: moved(end, -before), to: end };
  }
  if (before !== undefined && second === undefined) {
    return { from: moved(now, -before), to: now };
  }
  throw new QueryError("BadArgumentError", "The request had some invalid properties", {
    code: "InvalidTimespan",
    message: `The timespan ${text} is not valid.`,
  });
}

const secondsIn = [604_800, 86_400, 3_600, 60, 1];

/** Returns milliseconds. Months and years have no fixed length and are not supported. */
function readDuration(text: string): number | undefined {
  const form = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
  const match = form.exec(text);
  // "P" and "PT" match as well, but are empty.
  if (match === null || !/\d/.test(text)) {
    return undefined;
  }
  const seconds = secondsIn.map((size, index) => size * Number(match[index + 1] ?? 0));
  return seconds.reduce((sum, part) => sum + part, 0) * 1_000;
}

function moved(datetime: string, ms: number): string {
  return datetimeOf(Date.parse(datetime) + ms);
}
