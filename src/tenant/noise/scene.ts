import type { Draft } from "../attempt.ts";
import type { Person } from "../people.ts";
import type { Random } from "../random.ts";

/** A moment in somebody's ordinary day, which becomes rows. */
export interface Scene {
  readonly person: Person;
  readonly at: number;
  readonly random: Random;
}

export type Tell = (scene: Scene) => Draft[];
