/** The range of plausible times (epoch ms): from 2000 until 2100. Anything else is a default or an error. */
const earliest = Date.UTC(2000, 0);
const latest = Date.UTC(2100, 0);

function plausible(at: number): number | null {
  return at >= earliest && at < latest ? at : null;
}

const isoTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,12})?)? ?(?:Z|[+-]\d\d:?\d\d)?$/i;

/** The offsets of the parts of such a time. */
const place = { month: 5, day: 8, hour: 11, minute: 14, second: 17, fraction: 20 } as const;

/**
 * Parses a logged time to epoch milliseconds; finer digits are cut. A time without an offset is UTC, as in every
 * export of Log Analytics.
 *
 * @returns null if it cannot be read or lies outside 2000–2100; never now, never 1970
 */
export function readTime(value: unknown): number | null {
  if (typeof value !== "string") {
    return null;
  }
  const time = value.trim();
  // Reading the parts by position is several times as fast as capture groups.
  if (!isoTime.test(time)) {
    return null;
  }
  const month = twoDigits(time, place.month);
  const day = twoDigits(time, place.day);
  const hour = twoDigits(time, place.hour);
  const minute = twoDigits(time, place.minute);
  const second = time[place.second - 1] === ":" ? twoDigits(time, place.second) : 0;
  const offset = readOffset(time);
  if (offset === null || hour > 23 || minute > 59 || second > 59) {
    return null;
  }
  const year = twoDigits(time, 0) * 100 + twoDigits(time, 2);
  const date = Date.UTC(year, month - 1, day);
  // 31 February would become a day in March. A day that does not exist cannot be read.
  if (month < 1 || month > 12 || day < 1 || date >= Date.UTC(year, month)) {
    return null;
  }
  const seconds = (hour * 60 + minute) * 60 + second;
  return plausible(date + seconds * 1_000 + readMilliseconds(time) - offset);
}

const digits = "0123456789";

function readMilliseconds(time: string): number {
  const mark = time[place.fraction - 1];
  if (mark !== "." && mark !== ",") {
    return 0;
  }
  let milliseconds = 0;
  for (let digit = 0; digit < 3; digit++) {
    // Anything after the fraction is not a digit.
    const value = digits.indexOf(time.charAt(place.fraction + digit));
    milliseconds = milliseconds * 10 + Math.max(0, value);
  }
  return milliseconds;
}

/** @returns milliseconds east of Greenwich, 0 without a zone; null if the offset is invalid */
function readOffset(time: string): number | null {
  const sign = Math.max(time.indexOf("+"), time.indexOf("-", place.hour));
  if (sign === -1) {
    return 0;
  }
  const hours = twoDigits(time, sign + 1);
  const minutes = twoDigits(time, time.length - 2);
  if (hours > 14 || minutes > 59) {
    return null;
  }
  return (time[sign] === "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function twoDigits(text: string, at: number): number {
  return digitAt(text, at) * 10 + digitAt(text, at + 1);
}

/** The caller guarantees an ASCII digit. */
function digitAt(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}

/**
 * Reads `RequestSequence` or `StatusSequence` of an MFA step: epoch milliseconds as a number or as text. Password
 * steps have 0 or 1 there, which is not a time.
 */
export function readSequence(value: unknown): number | null {
  if (typeof value === "string" && !/^\d{12,13}(?:\.0+)?$/.test(value.trim())) {
    return null;
  }
  if (typeof value !== "string" && typeof value !== "number") {
    return null;
  }
  return plausible(Math.floor(Number(value)));
}

/** Formats a time as `YYYY-MM-DDTHH:mm:ss.sssZ`. */
export function formatTime(at: number): string {
  return new Date(at).toISOString();
}
