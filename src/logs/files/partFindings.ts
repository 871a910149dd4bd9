import type { Extract } from "../../run/signInFiles.ts";
import { InputError } from "./inputError.ts";
import type { LineRange, RangeFindings, SearchWorkers, TableRange } from "./search/search.ts";

/** Where a part of a file begins, and the lines before it. */
export interface Given {
  at: number;
  lines: number;
}

/**
 * Returns what was found in a range. If it turned out to begin elsewhere, it is searched again.
 *
 * @throws InputError with the line in the file
 */
export async function findingsOf(
  range: LineRange | TableRange,
  begun: Promise<RangeFindings>,
  workers: SearchWorkers,
  { at, lines }: Given,
): Promise<RangeFindings> {
  const isThere = at === range.from;
  try {
    return await (isThere ? begun : workers.search({ ...range, from: at }));
  } catch (error) {
    if ("table" in range && error instanceof InputError) {
      // The message names a line, and only now is it known which.
      await workers.search({ ...range, from: at, line: lines + 1 });
    }
    throw error;
  }
}

/** Converts places that count from some line to places in the file. */
export function behindLines(extract: Extract, lines: number): Extract {
  const bad = extract.bad.map(({ reason, place }) => ({
    reason,
    place: { ...place, line: place.line === null ? null : place.line + lines },
  }));
  return { ...extract, bad };
}
