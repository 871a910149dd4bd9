import { numberAt, timeAt } from "../prompts/columns.ts";

const day = 86_400_000;
const week = 7 * day;

/** Facts about a burst besides its denials, as bits. */
export const burstMarks = {
  /** An approval belongs to it. */
  approved: 1,
  /** The user reported it. */
  reported: 2,
  /** Signs of a takeover followed. */
  takenOver: 4,
  /** All of its prompts came from where the user usually signs in. */
  usual: 8,
  /** Labelled as an attack. */
  attack: 16,
  /** Labelled as not an attack. */
  benign: 32,
} as const;

const harmful = burstMarks.approved | burstMarks.reported | burstMarks.takenOver;

/** A burst in one cell of a grid. Epoch milliseconds. */
export interface Tallied {
  readonly account: number;
  readonly firstDenialAt: number;
  readonly triggeredAt: number;
  /** Bits of `burstMarks`. */
  readonly marks: number;
}

/** The figures of one cell of a grid. */
export interface CellFigures {
  readonly findings: number;
  readonly users: number;
  readonly perWeek: number;
  /** The number of findings in the week with the most. */
  readonly worstWeek: number;
  readonly approved: number;
  readonly reported: number;
  readonly takenOver: number;
  /** Findings with at least one of the three. */
  readonly harmful: number;
  readonly usualOrigin: number;
  /** Average time from the first denial to the trigger, in milliseconds; null if there are no findings. */
  readonly triggerMs: number | null;
  readonly attacks: number;
  readonly benign: number;
}

/** The counters of a cell, by their position. */
const counted = { findings: 0, users: 1, harmful: 2, marks: 3, words: 9 } as const;

/**
 * Adds up the bursts of all cells of a grid. Weeks are spans of seven days from the first UTC day. A log shorter than a
 * week counts as one. Memory grows with cells and weeks, not with bursts.
 */
export class GridTally {
  readonly #from: number;
  readonly #weeks: number;
  readonly #spanMs: number;
  readonly #counts: Uint32Array;
  readonly #lastAccount: Float64Array;
  readonly #triggerMs: Float64Array;
  readonly #byWeek: Uint32Array;

  /** @param span of the log, epoch milliseconds */
  constructor(cells: number, span: { readonly from: number; readonly to: number }) {
    this.#from = Math.floor(span.from / day) * day;
    this.#spanMs = Math.max(week, Math.ceil(span.to / day) * day - this.#from);
    this.#weeks = Math.ceil(this.#spanMs / week);
    this.#counts = new Uint32Array(cells * counted.words);
    this.#lastAccount = new Float64Array(cells).fill(-1);
    this.#triggerMs = new Float64Array(cells);
    this.#byWeek = new Uint32Array(cells * this.#weeks);
  }

  /** Adds a burst. All bursts of one account in a cell must come before those of the next. */
  add(cell: number, { account, firstDenialAt, triggeredAt, marks }: Tallied): void {
    const base = cell * counted.words;
    increase(this.#counts, base + counted.findings);
    if (timeAt(this.#lastAccount, cell) !== account) {
      this.#lastAccount[cell] = account;
      increase(this.#counts, base + counted.users);
    }
    if ((marks & harmful) !== 0) {
      increase(this.#counts, base + counted.harmful);
    }
    for (let left = marks, place = base + counted.marks; left !== 0; left >>>= 1, place++) {
      if ((left & 1) === 1) {
        increase(this.#counts, place);
      }
    }
    this.#triggerMs[cell] = timeAt(this.#triggerMs, cell) + (triggeredAt - firstDenialAt);
    increase(this.#byWeek, cell * this.#weeks + Math.floor((triggeredAt - this.#from) / week));
  }

  figuresOf(cell: number): CellFigures {
    const of = (word: number) => numberAt(this.#counts, cell * counted.words + word);
    const marked = (mark: number) => of(counted.marks + Math.log2(mark));
    const findings = of(counted.findings);
    const weeks = this.#byWeek.subarray(cell * this.#weeks, (cell + 1) * this.#weeks);
    return {
      findings,
      users: of(counted.users),
      perWeek: (findings * week) / this.#spanMs,
      worstWeek: weeks.reduce((most, count) => Math.max(most, count), 0),
      approved: marked(burstMarks.approved),
      reported: marked(burstMarks.reported),
      takenOver: marked(burstMarks.takenOver),
      harmful: of(counted.harmful),
      usualOrigin: marked(burstMarks.usual),
      triggerMs: findings === 0 ? null : timeAt(this.#triggerMs, cell) / findings,
      attacks: marked(burstMarks.attack),
      benign: marked(burstMarks.benign),
    };
  }
}

function increase(counts: Uint32Array, place: number): void {
  counts[place] = numberAt(counts, place) + 1;
}
