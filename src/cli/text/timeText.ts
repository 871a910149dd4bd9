import { inWords } from "../../detection/rules/ruleText.ts";

export const timeWords = ["utc", "local", "relative"] as const;

/** How times are shown to people. All times are epoch milliseconds. */
export interface TimeText {
  /** The text for the head of a column, such as `UTC`; blank if the times include it. */
  readonly zone: string;
  readonly moment: (at: number) => string;
  readonly span: (from: number, to: number) => string;
  /** Formats a time after an earlier one, without its day if that is the same. */
  readonly after: (at: number, from: number) => string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Each way to show times, relative to the present. */
export const timeTexts = {
  utc: () => calendar("UTC", (at) => new Date(at).toISOString().slice(0, 16).replace("T", " ")),
  local,
  relative: (now: number) => ({
    zone: "",
    moment: (at: number) => ago(at, now),
    after: (at: number) => ago(at, now),
    span: (from: number, to: number) =>
      `${ago(from, now)}, within ${inWords(Math.max(1, Math.ceil((to - from) / minute)) * minute)}`,
  }),
} as const satisfies Record<(typeof timeWords)[number], (now: number) => TimeText>;

function local(): TimeText {
  // Swedish dates are ISO 8601: 2026-03-10 09:00.
  const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });
  return calendar(format.resolvedOptions().timeZone, (at) => format.format(at));
}

/** @param moment a date and a time of day, with a blank between them */
function calendar(zone: string, moment: (at: number) => string): TimeText {
  const after = (at: number, from: number) => {
    const [date, time] = moment(at).split(" ");
    return moment(from).startsWith(`${date} `) ? String(time) : moment(at);
  };
  const span = (from: number, to: number) => {
    const start = moment(from);
    return start === moment(to) ? start : `${start} to ${after(to, from)}`;
  };
  return { zone, moment, after, span };
}

const units = [
  ["day", day],
  ["hour", hour],
] as const;

/** Returns `3 hours ago`. Values under two of a unit use the next smaller one. */
function ago(at: number, now: number): string {
  const [unit, length] = units.find(([, each]) => Math.abs(now - at) >= 2 * each) ?? [
    "minute",
    minute,
  ];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(
    Math.round((at - now) / length),
    unit,
  );
}
