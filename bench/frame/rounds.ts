import { mismatchIn, type Digested } from "./digest.ts";
import { figureOf, type Figure } from "./figures.ts";

/** The cost and the result of one turn of a candidate. */
export interface Turn {
  /** Only the work. Starting the process and loading code are not included. */
  readonly ms: number;
  /** Digest of the findings; absent for candidates without findings. */
  readonly digest?: string;
  /** Peak resident memory of its process, in bytes. */
  readonly peakBytes?: number;
  /** Other numbers that a case asks for. */
  readonly more?: Readonly<Record<string, number>>;
}

export interface Candidate {
  readonly name: string;
  /** A description, so that readers can judge whether it is comparable. */
  readonly does: string;
  /** Whether its findings must equal those of the others. */
  readonly exact: boolean;
  readonly turn: () => Promise<Turn>;
}

export interface Raced {
  readonly name: string;
  readonly does: string;
  readonly ms: Figure;
  /** The highest of all turns; null if it is not measured. */
  readonly peakBytes: number | null;
  readonly turns: readonly Turn[];
}

export interface Race {
  readonly raced: readonly Raced[];
  /** A problem with the findings, or null. */
  readonly mismatch: string | null;
}

/**
 * Gives every candidate a turn in every round. The order changes each time, so that no candidate always comes
 * first, or always after the same one.
 */
export async function race(
  candidates: readonly Candidate[],
  rounds: number,
  onTurn: (name: string, round: number, turn: Turn) => void = () => {},
): Promise<Race> {
  const turns = new Map<string, Turn[]>(candidates.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const candidate of rotated(candidates, round)) {
      const turn = await candidate.turn();
      turns.get(candidate.name)?.push(turn);
      onTurn(candidate.name, round, turn);
    }
  }
  const raced = candidates.map(({ name, does }) => summarise(name, does, turns.get(name) ?? []));
  const digests = candidates
    .filter(({ exact }) => exact)
    .flatMap(({ name }) => (turns.get(name) ?? []).map((turn) => digested(name, turn)));
  return { raced, mismatch: mismatchIn(digests) };
}

/** Starts with a different item each time, and reverses every other time. */
export function rotated<T>(items: readonly T[], round: number): readonly T[] {
  const start = items.length === 0 ? 0 : round % items.length;
  const turned = [...items.slice(start), ...items.slice(0, start)];
  return round % 2 === 0 ? turned : turned.toReversed();
}

function digested(name: string, { digest }: Turn): Digested {
  return { name, digest: digest ?? "nothing" };
}

function summarise(name: string, does: string, turns: readonly Turn[]): Raced {
  const peaks = turns.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    name,
    does,
    ms: figureOf(turns.map(({ ms }) => ms)),
    peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
    turns,
  };
}
