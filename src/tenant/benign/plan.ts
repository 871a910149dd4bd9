import type { Attempt, Draft, Prompt } from "../attempt.ts";
import { everyClient, npsApps } from "../clients.ts";
import { attemptOf, draftOf, promptOf, snapshotAfter } from "../drafts.ts";
import { detail, stepText } from "../outcomes.ts";
import { personOf, type Person } from "../people.ts";
import { randomOf, type Random } from "../random.ts";
import { dayMs, hourMs, secondMs } from "../time.ts";
import type { World } from "../world.ts";
import type { Strike } from "../attacks/plot.ts";
import type { BenignRate, TrueBenign } from "./kinds.ts";
import { benignScripts, type BenignPlot } from "./scripts.ts";

export interface PlannedBenign {
  readonly truth: TrueBenign;
  readonly drafts: readonly Draft[];
}

interface Season {
  readonly users: number;
  readonly days: number;
  readonly startAt: number;
  readonly rates: readonly BenignRate[];
  /** People who are attacked. They have no such bursts. */
  readonly victims: ReadonlySet<number>;
}

/** Plans the harmless bursts of a tenant, between 06:00 and 18:00 UTC. */
export function planBenign(world: World, season: Season): PlannedBenign[] {
  const { users, days, rates, victims } = season;
  const people = Array.from({ length: users }, (_, person) => person).filter(
    (person) => !victims.has(person),
  );
  return rates.flatMap(({ kind, perWeek }, index) => {
    const random = randomOf(world.seed, 11, index);
    const expected = (perWeek * people.length * days) / 700;
    const count = Math.floor(expected) + (random.chance((expected % 1) * 10_000) ? 1 : 0);
    return Array.from({ length: count }, () => {
      const person = personOf(world.seed, people[random.below(people.length)] ?? 0);
      const startAt =
        season.startAt + random.below(days) * dayMs + 6 * hourMs + random.below(12 * hourMs);
      const plot = benignScripts[kind]({ startAt, random });
      return { truth: truthOf(world, kind, person, plot), drafts: perform(plot, person, random) };
    });
  });
}

function truthOf(
  { tenantId }: World,
  kind: TrueBenign["kind"],
  person: Person,
  { strikes, approvedAt }: BenignPlot,
): TrueBenign {
  const refused = strikes.filter(({ outcome }) => outcome === "denied");
  return {
    kind,
    tenantId,
    user: person.upn.toLowerCase(),
    userId: person.userId,
    denials: refused.length,
    firstDenialAt: refused[0]?.at ?? 0,
    lastDenialAt: refused.at(-1)?.at ?? 0,
    approvedAt,
  };
}

/** Returns one request per prompt, as apps send them when they retry by themselves. */
function perform(plot: BenignPlot, person: Person, random: Random): Draft[] {
  const origin = originOf(plot, person, random);
  const told: readonly Strike[] =
    plot.approvedAt === null
      ? plot.strikes
      : [...plot.strikes, { at: plot.approvedAt, outcome: "approved" }];
  return told.map((strike) => {
    const prompt = promptFor(strike, random);
    const attempt = attemptOf(person, prompt.askedAt - 4 * secondMs, random, origin);
    const snapshot =
      plot.radius === true
        ? radiusRow(attempt, strike)
        : snapshotAfter(attempt.requestId, [prompt], strike.at + 400);
    return draftOf(attempt, snapshot, random);
  });
}

function originOf(plot: BenignPlot, person: Person, random: Random): Partial<Attempt> {
  if (plot.radius === true) {
    return { flow: "nps", app: random.pick(npsApps), address: person.office };
  }
  return {
    address: random.chance(5000) ? person.home : person.office,
    ...(plot.newDevice === true ? { client: random.pick(everyClient), ownDevice: false } : {}),
  };
}

function promptFor({ at, outcome }: Strike, random: Random): Prompt {
  const took =
    outcome === "noResponse" ? 60 * secondMs : random.between(3 * secondMs, 15 * secondMs);
  return promptOf(at - took, at, outcome);
}

function radiusRow(attempt: Attempt, { at, outcome }: Strike): Draft["snapshot"] {
  const isApproved = outcome === "approved";
  return {
    at,
    id: attempt.requestId,
    resultType: isApproved ? "0" : "500121",
    additionalDetails: isApproved ? detail.completed : stepText[outcome],
    prompts: [],
  };
}
