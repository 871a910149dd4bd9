/** Epoch milliseconds that a sign-in can have: from 2000 until 2100. Anything else is a default or a fault. */
const earliest = Date.UTC(2000, 0);
const latest = Date.UTC(2100, 0);

function plausible(at: number): number | null {
  return at >= earliest && at < latest ? at : null;
}

const isoTime =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)? ?(?:Z|([+-])(\d\d):?(\d\d))?$/i;

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
  const [, date, minute, second = "00", fraction = "", sign, offsetHours = "", offsetMinutes = ""] =
    parts;
  const iso = `${date}T${minute}:${second}.${`${fraction}000`.slice(0, 3)}Z`;
  const at = Date.parse(iso);
  const offset = readOffset(Number(offsetHours), Number(offsetMinutes));
  // The parser carries 31 February over into March; a time that does not exist cannot be read.
  if (Number.isNaN(at) || formatTime(at) !== iso || offset === null) {
    return null;
  }
  return plausible(sign === "-" ? at + offset : at - offset);
}

function readOffset(hours: number, minutes: number): number | null {
  return hours > 14 || minutes > 59 ? null : (hours * 60 + minutes) * 60_000;
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
