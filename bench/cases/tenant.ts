import type { Case, CaseResult, Extent } from "../frame/case.ts";
import type { Goal } from "../frame/figures.ts";
import { inMilliseconds, timeGoal } from "../frame/lines.ts";
import { inFreshProcess } from "../frame/processes.ts";
import { told } from "../frame/progress.ts";
import { race, type Raced } from "../frame/rounds.ts";

/** Candidates in five minutes at 10⁹ sign-ins a month: one row in ten thousand, in a thousand, in a hundred. */
const ofFiveMinutes = [12, 116, 1_157];

function candidate(users: number, candidates: number) {
  const name = `${users.toLocaleString("en")} users, ${candidates.toLocaleString("en")} rows`;
  return {
    name,
    does: "the real run, in memory: rows of five minutes that may contain a denial",
    exact: false,
    turn: () => inFreshProcess("tenantRun", { users, candidates }),
  };
}

/** The cost of a run over five minutes, by the size of the tenant and the number of relevant rows. */
export const tenantCase: Case = {
  name: "tenant",
  async run(extent) {
    return [await bySize(extent), await byDenials(extent)];
  },
};

async function bySize({ rounds }: Extent): Promise<CaseResult> {
  const sizes = [1_000, 10_000, 100_000, 1_000_000];
  const { raced } = await race(
    sizes.map((users) => candidate(users, 1_000)),
    rounds,
    told("tenant"),
  );
  const requests = raced.map((each) => factOf(each, "queries") + factOf(each, "tableRequests"));
  return {
    title: "a run over five minutes, by the size of the tenant",
    unit: "ms",
    lines: inMilliseconds(raced),
    facts: raced.map(factsOf),
    goals: [
      {
        what: "requests, most / fewest of these tenants",
        value: Math.max(...requests) / Math.min(...requests),
        unit: " ×",
        better: "less",
        must: 1,
        goal: null,
      },
    ],
    mismatches: [],
  };
}

async function byDenials({ rounds }: Extent): Promise<CaseResult> {
  const { raced } = await race(
    [0, ...ofFiveMinutes, 1_000, 10_000].map((rows) => candidate(1_000_000, rows)),
    rounds,
    told("tenant, denials"),
  );
  return {
    title: "a run over five minutes, by the rows that may contain a denial",
    unit: "ms",
    lines: inMilliseconds(raced),
    facts: raced.map(factsOf),
    goals: [
      requestGoal("queries at the highest load", raced, "queries", { must: 4, goal: 2 }),
      requestGoal("table requests at the highest load", raced, "tableRequests", {
        must: 50,
        goal: 20,
      }),
      timeGoal("work of 10 × the rows", raced.slice(-2), 11),
    ],
    mismatches: [],
  };
}

/** @param raced by the number of rows, as in `byDenials` */
function requestGoal(
  what: string,
  raced: readonly Raced[],
  fact: string,
  bars: Pick<Goal, "must" | "goal">,
): Goal {
  const highest = raced[ofFiveMinutes.length];
  const value = highest === undefined ? NaN : factOf(highest, fact);
  return { what: `${what}, ${highest?.name ?? ""}`, value, unit: "", better: "less", ...bars };
}

function factOf({ turns }: Raced, name: string): number {
  return turns[0]?.more?.[name] ?? NaN;
}

function factsOf(raced: Raced): Readonly<Record<string, string | number>> {
  return {
    run: raced.name,
    queries: factOf(raced, "queries"),
    "rows answered": factOf(raced, "rows"),
    "table requests": factOf(raced, "tableRequests"),
    "seconds at 1 s a query": factOf(raced, "seconds"),
    "at 5 s": factOf(raced, "slowSeconds"),
  };
}
