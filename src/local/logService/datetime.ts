const ticksInMs = 10_000n;
const ticksInDay = 864_000_000_000n;

/** Year to minute, seconds, fraction, offset; the date alone will do. */
const datetimeText =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?(Z|[+-]\d\d:\d\d)?$/;

/** The canonical text of a datetime, or undefined for what is none: no month 13, no 30 February. */
export function readDatetime(text: string): string | undefined {
  const match = datetimeText.exec(text.trim());
  if (match === null) return undefined;
  const [, day = "", minute = "00:00", second = "00", fraction = "", offset = "Z"] = match;
  const local = `${day}T${minute}:${second}.000`;
  const at = Date.parse(`${local}${offset}`);
  // Date.parse lets 30 February be 1 March.
  if (Number.isNaN(at) || !isoText(Date.parse(`${local}Z`)).startsWith(local)) return undefined;
  return `${isoText(at).slice(0, 20)}${fraction.padEnd(7, "0")}Z`;
}

/** @param at epoch milliseconds */
export function datetimeOf(at: number): string {
  return `${isoText(Math.floor(at)).slice(0, 23)}0000Z`;
}

export function ticksOf(datetime: string): bigint {
  const whole = BigInt(Date.parse(`${datetime.slice(0, 19)}Z`));
  return whole * ticksInMs + BigInt(datetime.slice(20, 27));
}

export function datetimeOfTicks(ticks: bigint): string {
  const fraction = ((ticks % 10_000_000n) + 10_000_000n) % 10_000_000n;
  const second = Number((ticks - fraction) / ticksInMs);
  return `${isoText(second).slice(0, 20)}${String(fraction).padStart(7, "0")}Z`;
}

/** `[-][days.]hh:mm:ss.fffffff`, as Kusto writes a timespan. */
export function timespanText(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const rest = datetimeOfTicks(size % ticksInDay).slice(11, 27);
  const days = size / ticksInDay;
  return `${ticks < 0n ? "-" : ""}${days > 0n ? `${days}.` : ""}${rest}`;
}

const units: Readonly<Record<string, number>> = {
  d: 864_000_000_000,
  h: 36_000_000_000,
  m: 600_000_000,
  s: 10_000_000,
  ms: 10_000,
  microsecond: 10,
  tick: 1,
};

/** Ticks of `15m`, `1.5h` or `1.02:03:04`, or undefined. */
export function readTimespan(text: string): bigint | undefined {
  const short = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text);
  const unit = units[short?.[2] ?? ""];
  if (short !== null && unit !== undefined) return BigInt(Math.round(Number(short[1]) * unit));
  const long = /^(-)?(?:(\d+)\.)?(\d\d?):(\d\d):(\d\d)(?:\.(\d{1,7}))?$/.exec(text);
  if (long === null) return undefined;
  const [, sign, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = ""] = long;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const ticks =
    BigInt(days) * ticksInDay + BigInt(whole) * 10_000_000n + BigInt(fraction.padEnd(7, "0"));
  return sign === undefined ? ticks : -ticks;
}

function isoText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
