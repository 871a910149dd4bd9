const hourMs = 3_600_000;
const hoursOfWeek = 168;

/** The number of rows the log gets in each hour of the week. Plain data, stored with the watermark. */
export interface Rhythm {
  /** Rows per hour, by hour of the week (UTC, starting on the epoch's Thursday); null if that hour is unknown. */
  readonly rows: readonly (number | null)[];
  /** The hour that is being counted (hours since the epoch), and its rows so far. */
  readonly hour: number | null;
  readonly counted: number;
}

export const noRhythm: Rhythm = { rows: [], hour: null, counted: 0 };

/** The weight of the latest week. A growing tenant is learnt within weeks, and an outage fades as fast. */
const weight = 0.5;

/**
 * Adds rows that were ingested at a time. Hours without a row are added when rows arrive again. Until then, a
 * silence is judged by what was known before it.
 */
export function addRows(rhythm: Rhythm, at: number, count: number): Rhythm {
  if (count === 0) {
    return rhythm;
  }
  const hour = Math.floor(at / hourMs);
  if (rhythm.hour === null || hour < rhythm.hour || hour - rhythm.hour > hoursOfWeek) {
    // The rows before this hour's first run are unknown.
    return { ...rhythm, hour, counted: count };
  }
  const rows = Array.from({ length: hoursOfWeek }, (_, index) => rhythm.rows[index] ?? null);
  let { counted } = rhythm;
  for (let ended = rhythm.hour; ended < hour; ended++) {
    const place = ended % hoursOfWeek;
    const known = rows[place] ?? null;
    const mean = known === null ? counted : known + (counted - known) * weight;
    rows[place] = Math.round(mean * 10) / 10;
    counted = 0;
  }
  return { rows, hour, counted: counted + count };
}

export interface Expectation {
  /** Rows expected from the known hours of the week. */
  readonly known: number;
  /** The same, with unknown hours estimated from that hour on other days. */
  readonly guessed: number;
}

/** Returns the number of rows expected between two times. */
export function expectedRows(rhythm: Rhythm, from: number, to: number): Expectation {
  let [known, guessed] = [0, 0];
  for (let hour = Math.floor(from / hourMs); hour * hourMs < to; hour++) {
    const share = (Math.min(to, (hour + 1) * hourMs) - Math.max(from, hour * hourMs)) / hourMs;
    const own = rhythm.rows[hour % hoursOfWeek] ?? null;
    known += share * (own ?? 0);
    guessed += share * (own ?? hourOfOtherDays(rhythm, hour));
  }
  return { known, guessed };
}

/** Returns the minimum for that hour on other days, so that a quiet day is not a fault. */
function hourOfOtherDays({ rows, hour: current, counted }: Rhythm, hour: number): number {
  const same = rows.filter((each, index) => each !== null && index % 24 === hour % 24);
  if (same.length > 0) {
    return Math.min(...same.map((each) => each ?? 0));
  }
  const all = rows.filter((each) => each !== null);
  // In its first hours, a tenant is expected to continue as it began.
  return all.length > 0 ? Math.min(...all) : current === null ? 0 : counted;
}
