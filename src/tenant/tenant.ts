import { aroundAttacks, type Around } from "./around.ts";
import type { AttackKind, TrueAttack } from "./attacks/kinds.ts";
import { planAttacks } from "./attacks/plan.ts";
import { attackScripts } from "./attacks/scripts.ts";
import type { Draft } from "./attempt.ts";
import type { BenignKind, BenignRate, TrueBenign } from "./benign/kinds.ts";
import { planBenign } from "./benign/plan.ts";
import { usualRates } from "./benign/scripts.ts";
import { dayOf, type DayOptions } from "./noise/day.ts";
import { personOf } from "./people.ts";
import { PublicationQueue } from "./queue.ts";
import { randomOf } from "./random.ts";
import { rowOf, type SigninRow } from "./row.ts";
import { dayMs } from "./time.ts";
import { worldOf, type World } from "./world.ts";

export interface TenantOptions {
  /** The same options give the same rows, byte for byte. */
  readonly seed: number;
  /** The number of people: at least one per attack, and at least 15 for an attack on a guest. */
  readonly users: number;
  readonly days: number;
  /** A UTC midnight, epoch milliseconds. */
  readonly startAt: number;
  readonly signInsPerUserPerDay?: number;
  /** Spread over the days in this order. Default: every kind once. */
  readonly attacks?: readonly AttackKind[];
  /** Bursts of refusals that are not an attack. Default: none. */
  readonly benign?: readonly BenignRate[];
}

export interface PublishedRow {
  /** When the log service ingested the row (epoch ms). */
  readonly publishedAt: number;
  readonly row: SigninRow;
}

export interface Tenant {
  readonly tenantId: string;
  readonly workspaceId: string;
  /** In order of the first denial. */
  readonly truth: readonly TrueAttack[];
  /** Harmless bursts in order of the first denial. */
  readonly benign: readonly TrueBenign[];
  /** Returns all rows in order of publication. Each call starts over. Only one day's plan is in memory. */
  rows(): Generator<PublishedRow, void, undefined>;
  /** Rows around the attacks: other tables, and the month before. */
  around(): Around;
}

const defaultSignInsPerUserPerDay = 12;

/** Every kind of attack, in an order that suits a single day. */
export const attackKinds: readonly AttackKind[] = Object.keys(attackScripts).filter(isAttackKind);

/** Every kind of harmless burst, with its usual rate. */
export const benignRates: readonly BenignRate[] = Object.entries(usualRates).flatMap(
  ([kind, perWeek]) => (isBenignKind(kind) ? [{ kind, perWeek }] : []),
);

function isBenignKind(text: string): text is BenignKind {
  return Object.hasOwn(usualRates, text);
}

function isAttackKind(text: string): text is AttackKind {
  return Object.hasOwn(attackScripts, text);
}

function checked(options: TenantOptions): TenantOptions {
  const { users, days, startAt, seed } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError("seed: must be a whole number");
  }
  if (!Number.isSafeInteger(users) || users < 1) {
    throw new RangeError("users: must be 1 or more");
  }
  if (!Number.isSafeInteger(days) || days < 1) {
    throw new RangeError("days: must be 1 or more");
  }
  if (!Number.isSafeInteger(startAt) || startAt % dayMs !== 0) {
    throw new RangeError("startAt: must be a UTC midnight");
  }
  return options;
}

function* publish(
  world: World,
  options: DayOptions & Pick<TenantOptions, "days" | "startAt">,
  planned: readonly Draft[],
): Generator<PublishedRow, void, undefined> {
  const queue = new PublicationQueue();
  for (const draft of planned) {
    queue.add(draft);
  }

  function* due(until: number): Generator<PublishedRow, void, undefined> {
    for (let draft = queue.take(until); draft !== undefined; draft = queue.take(until)) {
      yield { publishedAt: draft.publishedAt, row: rowOf(world, draft) };
    }
  }

  for (let day = 0; day < options.days; day += 1) {
    for (const intent of dayOf(options, day, options.startAt + day * dayMs)) {
      // Everything still to come is published after the time at which it happens.
      yield* due(intent.at);
      const random = randomOf(world.seed, 4, day, intent.person, intent.ordinal);
      const person = personOf(world.seed, intent.person);
      for (const draft of intent.tell({ person, at: intent.at, random })) {
        queue.add(draft);
      }
    }
  }
  yield* due(Number.POSITIVE_INFINITY);
}

/**
 * Generates a believable tenant's sign-in log with attacks in it, and the truth about them. Throws a RangeError
 * that names the option if one is invalid.
 */
export function generateTenant(options: TenantOptions): Tenant {
  const { seed, users, days, startAt, attacks = attackKinds, benign = [] } = checked(options);
  const signInsPerUserPerDay = options.signInsPerUserPerDay ?? defaultSignInsPerUserPerDay;
  const world = worldOf(seed);
  const attacked = planAttacks(world, { users, days, startAt, attacks });
  const quiet = new Map(attacked.map(({ person, quiet: span }) => [person, span]));
  const victims = new Set(quiet.keys());
  const harmless = planBenign(world, { users, days, startAt, rates: benign, victims });
  const planned = [...attacked, ...harmless].flatMap(({ drafts }) => drafts);
  return {
    tenantId: world.tenantId,
    workspaceId: world.workspaceId,
    truth: attacked.map(({ truth }) => truth).toSorted((a, b) => a.firstDenialAt - b.firstDenialAt),
    benign: harmless
      .map(({ truth }) => truth)
      .toSorted((a, b) => a.firstDenialAt - b.firstDenialAt),
    around: () => aroundAttacks(world, attacked),
    rows: () =>
      publish(world, { seed, users, days, startAt, signInsPerUserPerDay, quiet }, planned),
  };
}
