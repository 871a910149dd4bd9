/** Whether the day or the month comes first in a date with slashes or dashes. */
export type DateOrder = "dmy" | "mdy";

/** Either the order cannot be determined from the date alone, or the date does not have the given order. */
type DateProblem = "ambiguous" | "misfit";

const timePattern =
  /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:,?\s+|T)(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,](\d{1,12}))?)?(?:\s*([ap])\.?\s?m\.?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?$/i;

/** A time of that kind that would not be changed. */
const usual = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?Z$/;

/**
 * Converts a time as portals and spreadsheets write it to ISO 8601. A leading year is kept, dots mean day first,
 * and for slashes and dashes `order` decides. Without an order only a date with a single reading is accepted.
 * Nothing is guessed from other rows. `zone` (`Z`, `+01:00`) is the zone of times that have none; null if unknown.
 * Text that is not a time is returned unchanged.
 */
export function readCsvTime(
  value: string,
  order: DateOrder | null,
  zone: string | null,
): { readonly time: string } | { readonly problem: DateProblem | "unzoned" } {
  if (usual.test(value)) {
    return { time: value };
  }
  const parts = timePattern.exec(value.trim());
  if (parts === null) {
    return { time: value };
  }
  const [, first = "", separator, second = "", third = "", hour = "", minute, seconds = "00"] =
    parts;
  const [fraction, half, written] = parts.slice(8);
  const date = readDate([first, second, third], separator === ".", order);
  const hours = readHour(Number(hour), half);
  if (date === null || hours === null) {
    return { time: value };
  }
  if (typeof date === "string") {
    return { problem: date };
  }
  const offset = written === undefined ? zone : /^[+-]/.test(written) ? written : "Z";
  if (offset === null) {
    return { problem: "unzoned" };
  }
  const [year, month, day] = date;
  const at = `${pad(hours)}:${minute}:${seconds}${fraction === undefined ? "" : `.${fraction}`}`;
  return { time: `${year}-${pad(month)}-${pad(day)}T${at}${offset}` };
}

type Ymd = readonly [year: number, month: number, day: number];

function readDate(
  [first, second, third]: readonly [string, string, string],
  dotted: boolean,
  order: DateOrder | null,
): Ymd | DateProblem | null {
  const [a, b, c] = [Number(first), Number(second), Number(third)];
  if (first.length === 4 && third.length <= 2) {
    return isMonth(b) ? [a, b, c] : null;
  }
  if (first.length > 2 || third.length !== 4) {
    return null;
  }
  // Nobody writes the month first with dots.
  if (dotted) {
    return isMonth(b) ? [c, b, a] : null;
  }
  if (!isMonth(a) && !isMonth(b)) {
    return null;
  }
  if (order === null) {
    if (isMonth(a) && isMonth(b) && a !== b) {
      return "ambiguous";
    }
    return isMonth(b) ? [c, b, a] : [c, a, b];
  }
  const [month, day] = order === "dmy" ? [b, a] : [a, b];
  return isMonth(month) ? [c, month, day] : "misfit";
}

function isMonth(value: number): boolean {
  return value >= 1 && value <= 12;
}

function readHour(hour: number, half: string | undefined): number | null {
  if (half === undefined) {
    return hour;
  }
  if (hour < 1 || hour > 12) {
    return null;
  }
  return (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
