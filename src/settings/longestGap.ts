const names: Readonly<Record<string, number>> = Object.fromEntries([
  ...["sun", "mon", "tue", "wed", "thu", "fri", "sat"].map((name, index) => [name, index]),
  ...["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].map(
    (name, index) => [name, index + 1],
  ),
]) as Readonly<Record<string, number>>;

const second = 1_000;
const dayMs = 86_400_000;

/** Two years contain every combination of day, month and weekday that a schedule is likely to name. */
const days = 2 * 366;

/** The first day of any leap year. */
const start = Date.UTC(2028, 0, 1);

/**
 * Returns the longest time between two runs of an NCRONTAB schedule (five fields, or six with seconds), in
 * milliseconds.
 *
 * @returns null if the schedule cannot be parsed, or never fires
 */
export function longestGap(schedule: string): number | null {
  const parts = schedule.trim().toLowerCase().split(/\s+/);
  const [seconds, minutes, hours, monthDays, months, weekdays] = [
    valuesOf(parts.length === 6 ? parts.shift() : "0", 0, 59),
    valuesOf(parts[0], 0, 59),
    valuesOf(parts[1], 0, 23),
    valuesOf(parts[2], 1, 31),
    valuesOf(parts[3], 1, 12),
    valuesOf(parts[4], 0, 7),
  ];
  const fields = [seconds, minutes, hours, monthDays, months, weekdays];
  if (parts.length !== 5 || fields.some((values) => values.size === 0)) {
    return null;
  }
  const times = [...hours].flatMap((hour) =>
    [...minutes].flatMap((minute) =>
      [...seconds].map((each) => ((hour * 60 + minute) * 60 + each) * second),
    ),
  );
  times.sort((a, b) => a - b);
  const [firstTime = 0, lastTime = 0] = [times[0], times.at(-1)];
  const inDay = times.reduce(
    (most, time, index) => Math.max(most, time - (times[index - 1] ?? time)),
    0,
  );
  const fires = (at: number) => {
    const date = new Date(at);
    const weekday = date.getUTCDay();
    return (
      monthDays.has(date.getUTCDate()) &&
      months.has(date.getUTCMonth() + 1) &&
      (weekdays.has(weekday) || (weekday === 0 && weekdays.has(7)))
    );
  };
  const firing = Array.from({ length: days }, (_, index) => start + index * dayMs).filter(fires);
  const betweenDays = firing.map((at, index) => {
    const before = firing[index - 1];
    return before === undefined ? 0 : at + firstTime - (before + lastTime);
  });
  return firing.length < 2 ? null : Math.max(inDay, ...betweenDays);
}

/** Returns the values of a field such as `1,2`, `1-5`, `10-30/5` or `mon-fri`; empty if it cannot be parsed. */
function valuesOf(field: string | undefined, least: number, most: number): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of (field ?? "").split(",")) {
    const [, range = "", step = "1"] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(part) ?? [];
    const [from, to] =
      range === "*" ? [least, most] : boundsOf(range, part.includes("/") ? most : null);
    if (
      from === null ||
      to === null ||
      from < least ||
      to > most ||
      from > to ||
      Number(step) < 1
    ) {
      return new Set();
    }
    for (let value = from; value <= to; value += Number(step)) {
      values.add(value);
    }
  }
  return values;
}

/** A single value with a step extends to the end of its field. */
function boundsOf(range: string, end: number | null): readonly [number | null, number | null] {
  const [from = "", to] = range.split("-");
  const first = numberOf(from);
  return [first, to === undefined ? (end ?? first) : numberOf(to)];
}

function numberOf(text: string): number | null {
  return /^\d{1,3}$/.test(text) ? Number(text) : (names[text] ?? null);
}
