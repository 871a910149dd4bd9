/** Which comes first where a date is written with slashes or dashes: the day or the month. */
export type DateOrder = "dmy" | "mdy";

/** The order cannot be told from the date alone, or the date does not have the order that it should have. */
type DateProblem = "ambiguous" | "misfit";

const timePattern =
  /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:,?\s+|T)(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,](\d{1,12}))?)?(?:\s*([ap])\.?\s?m\.?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?$/i;

/**
 * A time as portals and spreadsheets write it, in ISO 8601: year first as it is, with dots day first, with
 * slashes or dashes as `order` says. Without an order only a date that reads one way is taken; nothing is
 * ever guessed from other rows. `zone` (`Z`, `+01:00`) stands for a zone that is not written; null where
 * none is known. What is no time comes back as it is.
 */
export function readCsvTime(
  value: string,
  order: DateOrder | null,
  zone: string | null,
): { readonly time: string } | { readonly problem: DateProblem | "unzoned" } {
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
