import type { RowExplanation } from "../detection/signin/explainRow.ts";
import type { RecordReading } from "./inputSeen.ts";
import type { Place } from "./signInFiles.ts";

export interface ExplainedRow {
  readonly place: Place;
  /** The names that its fields had; null if the reader does not say. */
  readonly reading: RecordReading | null;
  readonly explanation: RowExplanation;
}

/** A row, and its number among all that were read. */
type NumberedRow = ExplainedRow & { readonly ordinal: number };

/** Keeps the first rows. If there are too many, candidates take precedence. */
export class KeptRows {
  readonly #limit: number;
  readonly #candidates: NumberedRow[] = [];
  readonly #others: NumberedRow[] = [];
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(row: NumberedRow): void {
    const rows = this.#listOf(row);
    if (rows.length < this.#limit) {
      rows.push(row);
    }
    this.#count++;
  }

  /** Adds the rows kept elsewhere that turned out to be wanted. */
  addFrom(others: readonly KeptRows[], isWanted: (row: ExplainedRow) => boolean): void {
    for (const row of others.flatMap((each) => [...each.#candidates, ...each.#others])) {
      if (isWanted(row)) {
        this.#count++;
        this.#listOf(row).push(row);
      }
    }
    for (const rows of [this.#candidates, this.#others]) {
      rows.sort((a, b) => a.ordinal - b.ordinal);
      rows.splice(this.#limit);
    }
  }

  end(): { readonly shown: readonly ExplainedRow[]; readonly leftOut: number } {
    const shown = [...this.#candidates, ...this.#others]
      .slice(0, this.#limit)
      .toSorted((a, b) => a.ordinal - b.ordinal);
    return { shown, leftOut: this.#count - shown.length };
  }

  #listOf({ explanation }: ExplainedRow): NumberedRow[] {
    return explanation.candidate === null ? this.#others : this.#candidates;
  }
}
