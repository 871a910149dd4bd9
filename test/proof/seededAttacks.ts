/** Seeded sign-ins of a few users on one morning: bursts of every shape that has an edge. */
import type { Random } from "../../src/tenant/random.ts";
import {
  alice,
  approved,
  bob,
  denialRow,
  fraudReported,
  noResponse,
  pending,
  row,
  time,
  wrongNumber,
  type Person,
  type Row,
} from "../builders.ts";
import { minute, personNamed } from "../run/bench.ts";
import { extent } from "./extent.ts";

const second = 1_000;

/** A row, and the prompt it shows. */
export interface Told {
  readonly at: number;
  readonly row: Row;
  /** Rows of one attack have the same number. */
  readonly attack: number;
  /** Without it there are two bursts. */
  readonly joins: boolean;
}

export const people = [alice, bob, personNamed("carol"), personNamed("dave")] as const;

/** Attacks begin from here on, and are over some five hours later. */
export const morning = time("08:00");

/** When the prompts of an attack are refused, counted from its first one. */
type Shape = (random: Random) => readonly number[];

/** Which of `joined` it is. */
const bridge = 5;

function every(count: number, gap: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i * gap);
}

function after(start: number, times: readonly number[]): readonly number[] {
  return times.map((at) => start + at);
}

const shapes: readonly [Shape, ...Shape[]] = [
  // A burst, tight or wide; fewer fire nothing, or only the rule of two and an approval.
  (random) => every(random.between(5, 9), random.between(5 * second, 3 * minute)),
  (random) => every(random.between(5, 9), random.between(5 * second, 3 * minute)),
  (random) => every(random.between(2, 4), random.between(5 * second, 10 * minute)),
  // Two bursts and, in the silence between them, the denial that makes them one.
  joined,
  joined,
  // Five whose first and last are a window apart, or a millisecond more.
  (random) => every(5, 225 * second).map((at, i) => at + (i === 4 ? random.below(2) : 0)),
  // A burst that goes on: each denial a little less than a window after the one before, or a little more.
  (random) => {
    const tail = every(random.between(1, 3), random.between(14 * minute, 15 * minute + 1));
    return [...every(5, 30 * second), ...after(2 * minute + (tail[1] ?? 15 * minute), tail)];
  },
  // A burst that begins earlier than where it is thick.
  (random) => [0, ...after(random.between(10 * minute, 15 * minute), every(5, 40 * second))],
];

function joined(random: Random): readonly number[] {
  const silence = random.between(16 * minute, 30 * minute);
  const first = every(bridge, random.between(5 * second, minute));
  const end = first.at(-1) ?? 0;
  return [
    ...first,
    end + Math.floor(silence / 2),
    ...after(end + silence, every(random.between(4, 6), 20 * second)),
  ];
}

/** Everything that one user, or up to so many, are put through in a morning. */
export function drawAttacks(random: Random, mostUsers: number = people.length): readonly Told[] {
  const told: Told[] = [];
  let attack = 0;
  for (const user of people.slice(0, random.between(1, mostUsers))) {
    let from = morning + random.between(0, 60 * minute);
    for (let left = random.between(1, 2); left > 0; left--) {
      const rows = drawAttack(random, user, from, attack++);
      told.push(...rows);
      const end = Math.max(...rows.map(({ at }) => at));
      from = end + random.between(10 * minute, 90 * minute);
    }
  }
  return told;
}

function drawAttack(random: Random, user: Person, from: number, attack: number): readonly Told[] {
  const shape = random.pick(shapes);
  const times = after(from, shape(random));
  const last = Math.max(...times);
  const signIn = (at: number, resultType: string, ...steps: readonly Row[]): Told => {
    return { at, attack, joins: false, row: row({ at, user, resultType, steps }) };
  };
  const told = times.map((at, i): Told => {
    const joins = shape === joined && i === bridge;
    return { at, attack, joins, row: denialRow(at, { user }) };
  });
  if (random.chance(3_000)) {
    const at = random.between(from, last);
    told.push(signIn(at, "500121", random.pick([wrongNumber, noResponse])(at)));
  }
  if (random.chance(1_500)) {
    const at = last + random.between(second, 5 * minute);
    told.push(signIn(at, "500121", fraudReported(at)));
  }
  if (random.chance(4_000)) {
    const waits = [random.between(second, 59 * minute), 60 * minute, 60 * minute + 1] as const;
    const at = last + random.pick(waits);
    told.push(signIn(at, "0", approved(at)));
  }
  return told;
}

/**
 * The same, but some prompts are told of by another row as well, which knows less: no details, a Status without
 * steps, or a prompt that is still in progress.
 */
export function withPoorerRows(random: Random, told: readonly Told[]): readonly Told[] {
  return told.flatMap((full) => (random.chance(2_500) ? [poorer(random, full), full] : [full]));
}

/**
 * In every other story of the long run the same, but some rows name the user without the object id, as some sources
 * do. They are read a day around, which takes time.
 */
export function withoutSomeIds(random: Random, told: readonly Told[]): readonly Told[] {
  if (extent(0, 1) === 0 || random.chance(5_000)) {
    return told;
  }
  return told.map((each) => {
    const { UserId: _, ...withoutId } = each.row;
    return random.chance(4_000) ? { ...each, row: withoutId } : each;
  });
}

function poorer(random: Random, told: Told): Told {
  const { AuthenticationDetails: _, ...bare } = told.row;
  const status = {
    errorCode: 500121,
    additionalDetails: "MFA denied; user declined the authentication",
  };
  const asked = told.at - 12 * second;
  const rows = [
    { ...bare, AuthenticationDetails: "[]" },
    { ...bare, AuthenticationDetails: "", Status: status },
    { ...bare, AuthenticationDetails: JSON.stringify([pending(asked, { asked })]) },
  ] as const;
  return { ...told, row: random.pick(rows) };
}
