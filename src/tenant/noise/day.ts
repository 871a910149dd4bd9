import { isGuest, siteIndexOf } from "../people.ts";
import { offices, type Place } from "../places.ts";
import { randomOf, type Random } from "../random.ts";
import { dayMs, hourMs } from "../time.ts";
import { habitOf } from "./habits.ts";
import { plainSignIns } from "./plain.ts";
import { refusedPrompts } from "./prompted.ts";
import type { Tell } from "./scene.ts";

/** A sign-in that is about to happen. Its rows are created when its turn comes. */
export interface Intent {
  readonly at: number;
  readonly person: number;
  readonly ordinal: number;
  readonly tell: Tell;
}

/** Local working hours, each repeated according to its weight. */
const hourWeights: readonly [number, ...number[]] = [
  6, 7, 7, 8, 8, 8, 8, 9, 9, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 13, 13, 14, 14, 15, 15, 16, 16,
  17, 18, 20, 22,
];

function momentOf(dayStart: number, place: Place, random: Random): number {
  const hour = (random.pick(hourWeights) - place.offsetHours + 24) % 24;
  return dayStart + hour * hourMs + random.below(hourMs);
}

function isWeekend(dayStart: number): boolean {
  const weekday = (Math.floor(dayStart / dayMs) + 4) % 7; // 1970-01-01 was a Thursday
  return weekday === 0 || weekday === 6;
}

/** At most one story with denials per person and day. Those of two days are two hours apart. */
function refusals(
  dayStart: number,
  random: Random,
): readonly (readonly [at: number, tell: Tell])[] {
  const draw = random.below(10_000);
  const morning = dayStart + hourMs + random.below(11 * hourMs);
  if (draw < 250) {
    return [[dayStart + hourMs + random.below(22 * hourMs), refusedPrompts.misClick]];
  }
  if (draw >= 330) {
    return [];
  }
  return [
    [morning, refusedPrompts.refusal],
    [morning + random.between(3 * hourMs, 8 * hourMs), refusedPrompts.refusal],
  ];
}

export interface DayOptions {
  readonly seed: number;
  readonly users: number;
  readonly signInsPerUserPerDay: number;
  /** Spans in which a person gets no prompts. Victims have no denials of their own at all. */
  readonly quiet: ReadonlyMap<number, { readonly from: number; readonly to: number }>;
}

function personalDay(options: DayOptions, day: number, dayStart: number, person: number): Intent[] {
  const random = randomOf(options.seed, 2, day, person);
  const place = offices[siteIndexOf(options.seed, person)] ?? offices[0];
  const quiet = options.quiet.get(person);
  const usual =
    options.signInsPerUserPerDay / (isGuest(person) ? 3 : 1) / (isWeekend(dayStart) ? 6 : 1);
  const count = Math.floor((usual * random.between(500, 1500)) / 1000 + random.below(1000) / 1000);
  const intents: Intent[] = [];
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    const at = momentOf(dayStart, place, random);
    const tell = habitOf(random);
    const hushed = quiet !== undefined && at >= quiet.from && at <= quiet.to;
    intents.push({ at, person, ordinal, tell: hushed ? plainSignIns.satisfiedByClaim : tell });
  }
  if (quiet !== undefined) {
    return intents;
  }
  for (const [at, tell] of refusals(dayStart, random)) {
    intents.push({ at, person, ordinal: intents.length, tell });
  }
  return intents;
}

/** Returns everybody's sign-ins of one UTC day, in order of time. */
export function dayOf(options: DayOptions, day: number, dayStart: number): Intent[] {
  const intents: Intent[] = [];
  for (let person = 0; person < options.users; person += 1) {
    for (const intent of personalDay(options, day, dayStart, person)) {
      intents.push(intent);
    }
  }
  return intents.toSorted((a, b) => a.at - b.at || a.person - b.person || a.ordinal - b.ordinal);
}
