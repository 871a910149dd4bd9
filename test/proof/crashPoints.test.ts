import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomOf } from "../../src/tenant/random.ts";
import { CrashLab, startCrashStage } from "./crashLab.ts";
import { plants } from "./crashPlants.ts";
import { scenarios, type Scenario } from "./crashScenarios.ts";
import { placeOf, trialsOf, type Trial } from "./crashTrial.ts";
import { extent, seed } from "./extent.ts";
import { buildPlanted } from "./plantedBuild.ts";
import type { Stage } from "./stage.ts";

const mostScenarios = extent(2, Infinity);
/** Tried of each. */
const mostPoints = extent(2, Infinity);
const mostPlants = extent(1, Infinity);

const timeLimitMs = extent(180_000, 3_600_000);

/** Side by side, each with its own Azure. */
const lanes: Stage[] = [];

beforeAll(async () => {
  lanes.push(...(await Promise.all(Array.from({ length: extent(1, 2) }, startCrashStage))));
}, timeLimitMs);
afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.stop()));
}, timeLimitMs);

describe("a process that dies at any of its requests loses nothing and does nothing twice", () => {
  it.each(Object.entries(scenarios).slice(0, mostScenarios))(
    "%s",
    async (name, scenario) => {
      await withLabs(lanes, { scenario }, async (labs, first) => {
        const points = trialsOf(await first.record());
        const trials = shuffled(points).slice(0, mostPoints);
        const { failures, elsewhere } = await tryAll(labs, trials);
        const where =
          elsewhere === 0 ? "" : `, ${elsewhere} of them at another request than recorded`;
        console.log(`${name}: ${points.length} points, ${trials.length} tried${where}`);
        expect(failures).toEqual([]);
      });
    },
    timeLimitMs,
  );
});

describe("a fault that was planted is caught", () => {
  it.each(plants.slice(0, mostPlants))(
    "$name",
    async ({ scenario, ...plant }) => {
      const build = await buildPlanted(plant);
      try {
        const planted = { scenario: scenarios[scenario], main: build.main };
        await withLabs(lanes.slice(0, 1), planted, async (_, first) => {
          const trials = shuffled(trialsOf(await first.record()));
          const caught = await firstFailure(first, trials);
          console.log(`${plant.name}: ${caught}`);
          expect(caught).toContain("caught");
        });
      } finally {
        await build.remove();
      }
    },
    timeLimitMs,
  );
});

/** Labs of one scenario, in each of these Azures. */
async function withLabs(
  stages: readonly Stage[],
  { scenario, main }: { scenario: Scenario; main?: string },
  use: (labs: readonly CrashLab[], first: CrashLab) => Promise<void>,
): Promise<void> {
  const labs = await Promise.all(stages.map((stage) => CrashLab.open(stage, scenario, main)));
  try {
    const [first] = labs;
    if (first === undefined) {
      throw new Error("no Azure was started");
    }
    await use(labs, first);
  } finally {
    await Promise.all(labs.map((lab) => lab.close()));
  }
}

/** Every trial in whichever lab is free. */
async function tryAll(labs: readonly CrashLab[], trials: readonly Trial[]) {
  const left = [...trials];
  const failures: string[] = [];
  let elsewhere = 0;
  const work = async (lab: CrashLab) => {
    for (let trial = left.pop(); trial !== undefined; trial = left.pop()) {
      try {
        const died = await lab.try(trial);
        elsewhere += died === trial.step.requests[trial.number - 1] ? 0 : 1;
      } catch (error) {
        // Whatever else fails is a fault of this proof, which must not pass for one of the app.
        if (!(error instanceof Error) || error.name !== "AssertionError") {
          throw error;
        }
        failures.push(`${placeOf(trial)}: ${String(error)}`);
      }
    }
  };
  await Promise.all(labs.map(work));
  return { failures, elsewhere };
}

async function firstFailure(lab: CrashLab, trials: readonly Trial[]): Promise<string> {
  for (const [index, trial] of trials.entries()) {
    const { failures } = await tryAll([lab], [trial]);
    if (failures.length > 0) {
      return `caught by trial ${index + 1} of ${trials.length}, ${failures.join()}`;
    }
  }
  return `not by any of ${trials.length} trials`;
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  const random = randomOf(seed, items.length);
  return items
    .map((item) => ({ item, place: random.uint32() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
