import { randomOf } from "../../src/tenant/random.ts";
import { seed } from "./template.ts";

/** Denials as columns, with one index each. */
export interface DenialColumns {
  /** Numbers from 0. */
  readonly users: Uint32Array;
  /** Epoch milliseconds. */
  readonly at: Float64Array;
}

export const orders = ["ascending", "descending", "shuffled"] as const;

export interface DenialsAsked {
  readonly denials: number;
  readonly users: number;
  /** The range of the denials' times. */
  readonly spanMs: number;
  readonly order: (typeof orders)[number];
}

const startAt = Date.UTC(2026, 2, 10);

/** Creates denials at random times, in streaks of up to twelve that are a minute apart. */
export function denialColumns({ denials, users, spanMs, order }: DenialsAsked): DenialColumns {
  const random = randomOf(seed, 9, denials, users);
  const drawn = { users: new Uint32Array(denials), at: new Float64Array(denials) };
  for (let index = 0; index < denials;) {
    const user = random.below(users);
    const from = startAt + random.below(spanMs);
    const end = Math.min(denials, index + random.between(1, 12));
    for (let at = from; index < end; index++, at += random.between(1, 60_000)) {
      drawn.users[index] = user;
      drawn.at[index] = at;
    }
  }
  return arrange(drawn, order);
}

function arrange(drawn: DenialColumns, order: DenialsAsked["order"]): DenialColumns {
  const { length } = drawn.at;
  // One number that sorts by time and then by index. Streaks keep their generated order only by chance.
  const keys = Float64Array.from(
    drawn.at,
    (at, index) => (at - startAt) * 2 ** 24 + index,
  ).toSorted();
  const users = new Uint32Array(length);
  const at = new Float64Array(length);
  for (let place = 0; place < length; place++) {
    const from = order === "ascending" ? place : length - 1 - place;
    const index = (keys[from] ?? 0) % 2 ** 24;
    users[place] = drawn.users[index] ?? 0;
    at[place] = drawn.at[index] ?? 0;
  }
  if (order === "shuffled") {
    shuffle({ users, at });
  }
  return { users, at };
}

function shuffle({ users, at }: DenialColumns): void {
  const random = randomOf(seed, 10);
  for (let place = at.length - 1; place > 0; place--) {
    const other = random.below(place + 1);
    [users[place], users[other]] = [users[other] ?? 0, users[place] ?? 0];
    [at[place], at[other]] = [at[other] ?? 0, at[place] ?? 0];
  }
}
