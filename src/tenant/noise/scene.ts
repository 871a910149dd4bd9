import type { Draft } from "../attempt.ts";
import type { Person } from "../people.ts";
import type { Random } from "../random.ts";

/** One moment of somebody's ordinary day, to be told as rows. */
export interface Scene {
  readonly person: Person;
  readonly at: number;
  readonly random: Random;
}

export type Tell = (scene: Scene) => Draft[];
