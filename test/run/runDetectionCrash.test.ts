import { describe, expect, it } from "vitest";
import type { Detector } from "../../src/run/detector.ts";
import { incidentApiSink } from "../../src/sinks/sentinel/incidentApi.ts";
import { around, type PortCall } from "./around.ts";
import type { Bench } from "./bench.ts";
import type { Moment } from "./fakeLog.ts";
import { expectTold, liveOf, newStory, settle, storyEnd, storyRuns } from "./story.ts";
import { isWhole } from "../cases.ts";

/** Before or after the n-th call, the process dies or that one call fails. */
interface Disturbance {
  readonly at: number;
  readonly when: "before" | "after";
  readonly how: "dies" | "fails";
}

const kinds = (["before", "after"] as const).flatMap((when) =>
  (["dies", "fails"] as const).map((how) => ({ when, how })),
);

/** Every kind of death at each call, or a share of them: one kind in turn. */
function kindsAt(call: number) {
  const turn = call % kinds.length;
  return isWhole ? kinds : kinds.slice(turn, turn + 1);
}

/** Every call of store, log and incident service passes through here. */
class Disturber {
  calls = 0;
  readonly #plan: Disturbance;
  #isDead = false;

  constructor(plan: Disturbance) {
    this.#plan = plan;
  }

  parts(bench: Bench): Partial<Detector> {
    const handle = (call: PortCall) => this.#handle(call);
    bench.jobsPort = around(bench.jobs, handle);
    return {
      store: around(bench.store, handle),
      source: around(bench.log, handle),
      sinks: [incidentApiSink("service", around(bench.service, handle))],
    };
  }

  async #handle({ make }: PortCall): Promise<unknown> {
    const { at, when, how } = this.#plan;
    if (this.#isDead) {
      throw new Error("dead");
    }
    const isHere = ++this.calls === at;
    this.#isDead = isHere && how === "dies";
    if (isHere && when === "before") {
      throw new Error("disturbed");
    }
    const answer = await make();
    if (isHere) {
      throw new Error("disturbed");
    }
    return answer;
  }
}

async function story(disturbedRun: Moment, plan: Disturbance): Promise<[Bench, Disturber]> {
  const bench = newStory();
  const disturber = new Disturber(plan);
  for (const at of storyRuns) {
    const parts = at === disturbedRun ? disturber.parts(bench) : { sinks: [bench.serviceSink()] };
    await bench.run(at, parts).catch((error: unknown) => {
      if (!/^(?:dead|disturbed)$/.test((error as Error).message)) {
        throw error;
      }
    });
  }
  await settle(bench);
  return [bench, disturber];
}

describe("a run that is stopped at any call, or in which any call fails,", () => {
  it("without any disturbance leaves the incidents of the story, each reported once", async () => {
    const [bench] = await story("", { at: Infinity, when: "before", how: "dies" });
    expect(liveOf(bench)).toEqual(storyEnd);
    expectTold(bench);
  });

  it.each(storyRuns)("leaves them as well after the ordinary runs that follow (%s)", async (at) => {
    const [, { calls }] = await story(at, { at: Infinity, when: "before", how: "dies" });
    expect(calls).toBeGreaterThan(10);
    for (let n = 1; n <= calls; n++) {
      for (const kind of kindsAt(n)) {
        const [bench] = await story(at, { at: n, ...kind });
        const where = `${kind.how} ${kind.when} call ${n} of ${calls}`;
        expect([where, ...liveOf(bench)]).toEqual([where, ...storyEnd]);
        expectTold(bench);
      }
    }
  });
});

describe("a backfill that is stopped at any call", () => {
  it("goes on where it was, and leaves the incidents of the story", async () => {
    const stopped = async (plan: Disturbance): Promise<[Bench, Disturber]> => {
      const bench = newStory();
      bench.now = Date.UTC(2026, 2, 10, 10, 30);
      const disturber = new Disturber(plan);
      const range = { from: "08:00", to: "10:00" } as const;
      await bench.backfill(range, disturber.parts(bench), 0).catch(() => undefined);
      // The message comes again.
      bench.now += 6 * 60_000;
      bench.jobsPort = bench.jobs;
      const part = await bench.backfill(range, { sinks: [bench.serviceSink()] }, 0);
      expect(part.state).toBe("done");
      await settle(bench);
      return [bench, disturber];
    };
    const [, { calls }] = await stopped({ at: Infinity, when: "before", how: "dies" });
    for (let n = 1; n <= calls; n++) {
      for (const kind of kindsAt(n)) {
        const [bench] = await stopped({ at: n, ...kind });
        expect([n, ...liveOf(bench)]).toEqual([n, ...storyEnd]);
        expectTold(bench);
      }
    }
  });
});
