/** Epoch milliseconds that a sign-in can have: from 2000 until 2100. Anything else is a default or a fault. */
const earliest = Date.UTC(2000, 0);
const latest = Date.UTC(2100, 0);

function plausible(at: number): number | null {
  return at >= earliest && at < latest ? at : null;
}

const isoTime =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)? ?(?:Z|([+-])(\d\d):?(\d\d))?$/i;

/**
 * A logged time as epoch milliseconds; finer digits are cut. A time without an offset is UTC, as in every
 * export of Log Analytics.
 *
 * @returns null when it cannot be read or lies outside 2000–2100; never now, never 1970
 */
export function readTime(value: unknown): number | null {
  const parts = typeof value === "string" ? isoTime.exec(value.trim()) : null;
  if (parts === null) {
    return null;
  }
  const [, year, month, day, hour, minute, second = 0, fraction = "", ...zone] = parts;
  const offset = readOffset(zone);
  if (offset === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return null;
  }
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // 31 February is carried over into March; a day that does not exist cannot be read.
  if (new Date(date).getUTCDate() !== Number(day) || !(Number(month) >= 1 && Number(month) <= 12)) {
    return null;
  }
  const minutes = Number(hour) * 60 + Number(minute);
  const milliseconds = Number(`${fraction}000`.slice(0, 3));
  return plausible(date + (minutes * 60 + Number(second)) * 1_000 + milliseconds - offset);
}

/** @returns milliseconds east of Greenwich, none where no zone is named; null where it cannot be */
function readOffset(zone: readonly (string | undefined)[]): number | null {
  const [sign, hours = 0, minutes = 0] = zone;
  if (Number(hours) > 14 || Number(minutes) > 59) {
    return null;
  }
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
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
