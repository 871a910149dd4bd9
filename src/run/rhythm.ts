const hourMs = 3_600_000;
const hoursOfWeek = 168;

/** How many rows the log gets in each hour of the week. Plain data, stored with the watermark. */
export interface Rhythm {
  /** Rows an hour, by hour of the week (UTC, the epoch's Thursday first); null where no such hour is known. */
  readonly rows: readonly (number | null)[];
  /** The hour that is being counted (hours since the epoch), and its rows so far. */
  readonly hour: number | null;
  readonly counted: number;
}

export const noRhythm: Rhythm = { rows: [], hour: null, counted: 0 };

/** A week's difference weighs half: a tenant that grows is known within weeks, an outage does not last. */
const weight = 0.5;

/**
 * Adds rows that were stored at a time. Hours without a row are learnt when rows come again: until then a
 * silence is judged by what was known before it.
 */
export function addRows(rhythm: Rhythm, at: number, count: number): Rhythm {
  if (count === 0) {
    return rhythm;
  }
  const hour = Math.floor(at / hourMs);
  if (rhythm.hour === null || hour < rhythm.hour || hour - rhythm.hour > hoursOfWeek) {
    // What came before this hour's first run is not known.
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
  /** Rows that hours of the week of which we know would have brought. */
  readonly known: number;
  /** The same, where an hour that is not known yet counts as that hour of other days. */
  readonly guessed: number;
}

/** Rows to be expected between two times. */
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

/** The least of what that hour brought on other days: a quiet day is no fault. */
function hourOfOtherDays({ rows, hour: current, counted }: Rhythm, hour: number): number {
  const same = rows.filter((each, index) => each !== null && index % 24 === hour % 24);
  if (same.length > 0) {
    return Math.min(...same.map((each) => each ?? 0));
  }
  const all = rows.filter((each) => each !== null);
  // Within its very first hours a tenant is expected to go on as it began.
  return all.length > 0 ? Math.min(...all) : current === null ? 0 : counted;
}
