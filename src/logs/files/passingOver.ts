import type { Entry } from "./entry.ts";
import { NotSignIns } from "./notSignIns.ts";
import type { ReadOptions } from "./readChunks.ts";

/** Records a file that is not a sign-in log and continues without it, if there is a tally. */
export async function* passingOver(
  entries: AsyncIterable<readonly Entry[]>,
  { tally }: Pick<ReadOptions, "tally">,
): AsyncGenerator<readonly Entry[]> {
  try {
    yield* entries;
  } catch (error) {
    if (!(error instanceof NotSignIns) || tally === undefined) {
      throw error;
    }
    tally.passOver(error);
  }
}
