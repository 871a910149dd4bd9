/** Year to minute, seconds, fraction, offset. A date alone is allowed. */
const datetimeText =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?(Z|[+-]\d\d:\d\d)?$/;

/** Returns the canonical text of a datetime; undefined for invalid ones such as month 13 or 30 February. */
export function readDatetime(text: string): string | undefined {
  const match = datetimeText.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [, day = "", minute = "00:00", second = "00", fraction = "", offset = "Z"] = match;
  const local = `${day}T${minute}:${second}.000`;
  const at = Date.parse(`${local}${offset}`);
  // Date.parse turns 30 February into 1 March.
  if (Number.isNaN(at) || !isoText(Date.parse(`${local}Z`)).startsWith(local)) {
    return undefined;
  }
  return `${isoText(at).slice(0, 20)}${fraction.padEnd(7, "0")}Z`;
}

/** @param at epoch milliseconds */
export function datetimeOf(at: number): string {
  return `${isoText(Math.floor(at)).slice(0, 23)}0000Z`;
}

function isoText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

const units: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/** Returns the milliseconds of `15m`; undefined for other text. */
export function readTimespan(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d+)([dhm])$/.exec(text) ?? [];
  return units[unit] === undefined ? undefined : Number(count) * units[unit];
}
