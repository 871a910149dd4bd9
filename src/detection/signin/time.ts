/** Epoch milliseconds that a sign-in can have: from 2000 until 2100. Anything else is a default or a fault. */
const earliest = Date.UTC(2000, 0);
const latest = Date.UTC(2100, 0);

function plausible(at: number): number | null {
  return at >= earliest && at < latest ? at : null;
}

const isoTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,12})?)? ?(?:Z|[+-]\d\d:?\d\d)?$/i;

/** Where the parts of such a time begin. */
const place = { month: 5, day: 8, hour: 11, minute: 14, second: 17, fraction: 20 } as const;

/**
 * A logged time as epoch milliseconds; finer digits are cut. A time without an offset is UTC, as in every
 * export of Log Analytics.
 *
 * @returns null when it cannot be read or lies outside 2000–2100; never now, never 1970
 */
export function readTime(value: unknown): number | null {
  if (typeof value !== "string") {
    return null;
  }
  const time = value.trim();
  // A pattern that hands out the parts takes several times as long as to read them where they stand.
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
  // 31 February is carried over into March; a day that does not exist cannot be read.
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
    // What stands behind the fraction is none.
    const value = digits.indexOf(time.charAt(place.fraction + digit));
    milliseconds = milliseconds * 10 + Math.max(0, value);
  }
  return milliseconds;
}

/** @returns milliseconds east of Greenwich, none where no zone is named; null where it cannot be */
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

/** Of a digit, as the pattern has seen to. */
function digitAt(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}

/**
 * `RequestSequence` and `StatusSequence` of MFA steps: epoch milliseconds as a number or as text. Password
 * steps carry 0 or 1 there, which is no time.
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

/** `YYYY-MM-DDTHH:mm:ss.sssZ`. */
export function formatTime(at: number): string {
  return new Date(at).toISOString();
}
