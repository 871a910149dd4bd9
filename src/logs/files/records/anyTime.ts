import { isFields } from "../../../detection/signin/fields.ts";
import { formatTime, readTime } from "../../../detection/signin/time.ts";
import { readCsvTime, type DateOrder } from "./csvTime.ts";

/** A time in ISO 8601; other text unchanged; or a date whose day and month cannot be told apart. */
export type AnyTime =
  | { readonly kind: "time"; readonly time: string }
  | { readonly kind: "other"; readonly value: unknown }
  | { readonly kind: "ambiguous" };

export interface TimeHints {
  /** The order of dates with two possible readings. */
  readonly dateOrder: DateOrder | null;
  /** Another time of the same record (epoch ms). Of two readings, the one near it is meant. */
  readonly near: number | null;
}

/** Two times of one record are at most this far apart (ms). Swapping day and month makes a larger difference. */
const nearMs = 3 * 86_400_000;

const microsoftDate = /^\\?\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\\?\/$/;
const epochDigits = /^\d{9,19}(?:\.\d{1,9})?$/;
const rfc1123 =
  /^(?:[a-z]{3,9},?\s+)?(\d{1,2})[\s-]([a-z]{3})[a-z]*[\s-](\d{4})\s+(\d\d:\d\d:\d\d)\s*(?:GMT|UTC|Z|\+0000)?$/i;
const longUs =
  /^(?:[a-z]{3,9},\s+)?([a-z]{3})[a-z]*\s+(\d{1,2}),?\s+(\d{4}),?\s+(?:@\s+|at\s+)?(\d{1,2}):(\d\d):(\d\d)(\.\d{1,9})?(?:\s*([ap])\.?m\.?)?(?:\s*(?:GMT|UTC|Z))?$/i;
const basicIso = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d(?:\.\d{1,9})?)Z?$/i;
const months = "janfebmaraprmayjunjulaugsepoctnovdec";

/** Reads a time as any exporter writes it. Without a zone it is UTC. */
export function readAnyTime(value: unknown, hints: TimeHints): AnyTime {
  const plain = isFields(value) ? (value["value"] ?? value["DateTime"] ?? value["$date"]) : value;
  if (typeof plain === "number") {
    return fromEpoch(plain) ?? { kind: "other", value };
  }
  if (typeof plain !== "string") {
    return { kind: "other", value };
  }
  const text = plain.trim();
  if (readTime(text) !== null) {
    return { kind: "time", time: text };
  }
  if (basicIso.test(text)) {
    return { kind: "time", time: text.replace(basicIso, "$1-$2-$3T$4:$5:$6Z") };
  }
  const [, milliseconds] = microsoftDate.exec(text) ?? [];
  if (milliseconds !== undefined) {
    return atTime(Number(milliseconds), value);
  }
  if (epochDigits.test(text)) {
    return fromEpoch(Number(text)) ?? { kind: "other", value };
  }
  return named(text) ?? slashed(text, hints) ?? { kind: "other", value };
}

/** Reads epoch seconds, milliseconds, microseconds or nanoseconds, distinguished by size. */
function fromEpoch(value: number): AnyTime | null {
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const scale = [8, 9].includes(exponent)
    ? 1e3
    : [11, 12].includes(exponent)
      ? 1
      : [14, 15].includes(exponent)
        ? 1e-3
        : [17, 18].includes(exponent)
          ? 1e-6
          : null;
  return scale === null ? null : atTime(value * scale, value);
}

function atTime(at: number, value: unknown): AnyTime {
  const isDate = Number.isFinite(at) && Math.abs(at) < 8.64e15;
  return isDate ? { kind: "time", time: formatTime(Math.floor(at)) } : { kind: "other", value };
}

/** Reads a time with the month's name: "Tue, 10 Mar 2026 09:00:00 GMT", "March 10, 2026 9:00:00 AM". */
function named(text: string): AnyTime | null {
  const [first, day, month = "", year, clock] = rfc1123.exec(text) ?? [];
  if (first !== undefined) {
    return dated(year, month, day, clock);
  }
  const [second, name = "", date, years, hour, minute, seconds, fraction = "", half] =
    longUs.exec(text) ?? [];
  if (second === undefined) {
    return null;
  }
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  return dated(years, name, date, `${two(hours)}:${minute}:${seconds}${fraction}`);
}

function dated(year = "", month = "", day = "", clock = ""): AnyTime | null {
  const at = months.indexOf(month.slice(0, 3).toLowerCase());
  return at % 3 === 0
    ? { kind: "time", time: `${year}-${two(at / 3 + 1)}-${two(Number(day))}T${clock}Z` }
    : null;
}

function slashed(text: string, { dateOrder, near }: TimeHints): AnyTime | null {
  const reading = readCsvTime(text, dateOrder, "Z");
  if ("time" in reading) {
    return reading.time === text ? null : { kind: "time", time: reading.time };
  }
  if (reading.problem !== "ambiguous") {
    return null;
  }
  const both = (["mdy", "dmy"] as const).flatMap((order) => {
    const read = readCsvTime(text, order, "Z");
    const at = "time" in read ? readTime(read.time) : null;
    return "time" in read && at !== null && near !== null && Math.abs(at - near) <= nearMs
      ? [read.time]
      : [];
  });
  const [time] = both;
  return time !== undefined && both.length === 1 ? { kind: "time", time } : { kind: "ambiguous" };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
