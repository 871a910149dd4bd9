import type { Entry } from "./entry.ts";
import { NotSignIns } from "./notSignIns.ts";
import type { ReadOptions } from "./readChunks.ts";

/** Notes a file that is no sign-in log and goes on without it, where somebody keeps a tally. */
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
