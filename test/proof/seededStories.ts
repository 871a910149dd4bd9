import { randomOf, type Random } from "../../src/tenant/random.ts";
import { seed } from "./extent.ts";

/** One seeded story of a proof: its number alone says everything that happens in it. */
export type Play = (number: number, random: Random) => Promise<void>;

/**
 * Plays so many stories, the first of which has the number of the seed. A failure names the story's own number:
 * with that as `PROOF_SEED` it is the first one played.
 */
export async function playAll(count: number, play: Play): Promise<void> {
  for (let number = seed; number < seed + count; number++) {
    try {
      await play(number, randomOf(number));
    } catch (error) {
      const [said] = String(error).split("\n");
      throw new Error(`story ${number} (replay: PROOF_SEED=${number}): ${said}`, { cause: error });
    }
  }
}

/** How many stories it takes, of so many, until one fails: a fault was planted in them. Infinity where none does. */
export async function storiesUntilCaught(count: number, play: Play): Promise<number> {
  for (let played = 1; played <= count; played++) {
    const number = seed + played - 1;
    try {
      await play(number, randomOf(number));
    } catch (error) {
      // Anything else would be a fault of the proof.
      if (!(error instanceof Error) || error.name !== "AssertionError") {
        throw error;
      }
      return played;
    }
  }
  return Infinity;
}
