import type { Draft } from "../attempt.ts";
import { isGuest, personOf } from "../people.ts";
import { randomOf, type Random } from "../random.ts";
import { dayMs, hourMs, minuteMs } from "../time.ts";
import type { World } from "../world.ts";
import type { AttackKind, TrueAttack } from "./kinds.ts";
import { perform } from "./perform.ts";
import type { Plot } from "./plot.ts";
import { attackScripts } from "./scripts.ts";
import { truthOf } from "./truth.ts";

export interface Campaign {
  readonly users: number;
  readonly days: number;
  readonly startAt: number;
  readonly attacks: readonly AttackKind[];
}

export interface PlannedAttack {
  readonly truth: TrueAttack;
  readonly drafts: readonly Draft[];
  readonly person: number;
  /** In this span the victim's own sign-ins show no prompt, so that the script remains the truth. */
  readonly quiet: { readonly from: number; readonly to: number };
}

/** Picks a victim. Nobody is a victim more than once. */
function nextVictim(
  kind: AttackKind,
  users: number,
  taken: ReadonlySet<number>,
  random: Random,
): number {
  const first = random.below(users);
  for (let step = 0; step < users; step += 1) {
    const person = (first + step) % users;
    if (!taken.has(person) && isGuest(person) === (kind === "guest")) {
      return person;
    }
  }
  throw new RangeError(
    `users: ${String(users)} are too few for these attacks; none is left for "${kind}"`,
  );
}

/** Attacks are spread over the days, and start between 06:00 and 18:00 UTC. */
function startOf(
  kind: AttackKind,
  index: number,
  { attacks, days, startAt }: Campaign,
  random: Random,
): number {
  const day = Math.floor((index * days) / attacks.length);
  // With a single day, this one continues into the next.
  if (kind === "across-midnight") {
    return startAt + (Math.min(day, Math.max(0, days - 2)) + 1) * dayMs - 4 * minuteMs;
  }
  return startAt + day * dayMs + 6 * hourMs + random.below(12 * hourMs);
}

function quietSpan({ strikes }: Plot): { from: number; to: number } {
  const first = strikes[0]?.at ?? 0;
  return { from: first - 30 * minuteMs, to: (strikes.at(-1)?.at ?? first) + 100 * minuteMs };
}

export function planAttacks(world: World, campaign: Campaign): PlannedAttack[] {
  const taken = new Set<number>();
  const counts = new Map<AttackKind, number>();
  return campaign.attacks.map((kind, index) => {
    const random = randomOf(world.seed, 3, index);
    const nth = counts.get(kind) ?? 0;
    counts.set(kind, nth + 1);
    const person = nextVictim(kind, campaign.users, taken, random);
    taken.add(person);
    const victim = personOf(world.seed, person);
    const plot = attackScripts[kind]({
      startAt: startOf(kind, index, campaign, random),
      random,
      nth,
    });
    const drafts = perform(plot, victim, random);
    return {
      truth: truthOf(world, kind, victim, plot, drafts),
      drafts,
      person,
      quiet: quietSpan(plot),
    };
  });
}
