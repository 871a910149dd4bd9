import { orders, type DenialsAsked } from "../data/denialColumns.ts";
import type { Case, CaseResult, Extent } from "../frame/case.ts";
import { inMilliseconds, speedGoal, timeGoal } from "../frame/lines.ts";
import { inFreshProcess } from "../frame/processes.ts";
import { told } from "../frame/progress.ts";
import { race, type Candidate } from "../frame/rounds.ts";
import type { WindowingTask } from "../findings/windowing.ts";

const minute = 60_000;
const day = 1_440 * minute;
const rule = { windowMs: 15 * minute, threshold: 5 };

function candidate(
  name: string,
  does: string,
  module: string,
  asked: Partial<DenialsAsked> & Pick<DenialsAsked, "denials">,
  more: Partial<WindowingTask> = {},
): Candidate {
  const task = { users: asked.denials / 100, spanMs: day, order: "ascending", ...rule, ...asked };
  return {
    name,
    does,
    exact: true,
    turn: () =>
      inFreshProcess(
        module,
        { ...task, ...more },
        { nodeArguments: ["--max-old-space-size=8192"] },
      ),
  };
}

export const windowingCase: Case = {
  name: "windowing",
  async run(extent) {
    const denials = extent.quick ? 1_000_000 : 10_000_000;
    return [
      await againstOthers(denials, extent),
      await inOtherOrders(denials, extent),
      await tenTimes(denials, extent),
      await oneUser(extent),
    ];
  },
};

async function againstOthers(denials: number, { rounds }: Extent): Promise<CaseResult> {
  const { raced, mismatch } = await race(
    [
      candidate("ours", "typed columns", "windowing", { denials }),
      candidate("ring buffers", "a Map of rings of objects", "ringBuffers", { denials }),
      candidate("array and filter", "an array per user, filtered for each denial", "arrayFilter", {
        denials,
      }),
    ],
    rounds,
    told("windowing"),
  );
  return {
    title: `windowing, ${denials.toLocaleString("en")} denials of ${(denials / 100).toLocaleString("en")} users`,
    unit: "ms",
    lines: inMilliseconds(raced),
    goals: [
      speedGoal(raced, ["ours", "ring buffers"], 8, 12),
      speedGoal(raced, ["ours", "array and filter"], 25, 40),
    ],
    mismatches: mismatch === null ? [] : [mismatch],
  };
}

async function inOtherOrders(denials: number, { rounds }: Extent): Promise<CaseResult> {
  const { raced, mismatch } = await race(
    orders.map((order) => candidate(order, "ours", "windowing", { denials, order })),
    rounds,
    told("windowing, orders"),
  );
  return {
    title: "windowing, denials in any order",
    unit: "ms",
    lines: inMilliseconds(raced),
    goals: [],
    mismatches: mismatch === null ? [] : [mismatch],
  };
}

async function tenTimes(denials: number, { rounds }: Extent): Promise<CaseResult> {
  const candidates = [denials / 10, denials].map((count) => ({
    ...candidate(count.toLocaleString("en"), "ours", "windowing", { denials: count }),
    exact: false,
  }));
  const { raced } = await race(candidates, rounds, told("windowing, 10 times as many"));
  return {
    title: "windowing, ten times the denials",
    unit: "ms",
    lines: inMilliseconds(raced),
    goals: [timeGoal("time of 10 × the denials", raced, 11)],
    mismatches: [],
  };
}

/** The same number of denials, of one user with a window of a day and of two thousand users with the usual one. */
async function oneUser({ rounds }: Extent): Promise<CaseResult> {
  const denials = 200_000;
  const { raced } = await race(
    [
      candidate(
        "one user",
        "ours, a window of 24 hours",
        "windowing",
        { denials, users: 1 },
        {
          windowMs: day,
        },
      ),
      candidate("2,000 users", "ours, a window of 15 minutes", "windowing", { denials }),
    ].map((each) => ({ ...each, exact: false })),
    rounds,
    told("windowing, one user"),
  );
  return {
    title: "windowing, 200,000 denials of one user",
    unit: "ms",
    lines: inMilliseconds(raced),
    goals: [timeGoal("time per denial, one user / others", raced.toReversed(), 1)],
    mismatches: [],
  };
}
