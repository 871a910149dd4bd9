import type { Case } from "../frame/case.ts";
import { inFreshProcess } from "../frame/processes.ts";
import { tell } from "../frame/progress.ts";
import type { BackfillScenario } from "../simulation/backfill.ts";

const users = 1_000_000;
const attacksPerDay = 20;
const queueMs = 180_000;

/** Candidates per day of 33 million sign-ins, and how many of the 90 days are simulated. All days are alike. */
const loads = [
  { candidatesPerDay: 3_333, days: 30, quickDays: 9 },
  { candidatesPerDay: 33_333, days: 3, quickDays: 1 },
  { candidatesPerDay: 333_333, days: 0.5, quickDays: 0.25 },
] as const;

/** The duration of a backfill of 90 days under the limits of the query service. */
export const backfillCase: Case = {
  name: "backfill",
  onDemand: true,
  async run({ quick }) {
    const facts = [];
    for (const scenario of scenarios(quick)) {
      tell(`backfill: ${JSON.stringify(scenario)}`);
      facts.push(await simulated(scenario));
    }
    return [
      {
        title: "backfill of 90 days, 10⁶ users and 10⁹ sign-ins a month, in virtual time",
        unit: "",
        lines: [],
        facts,
        goals: [],
        mismatches: [],
      },
    ];
  },
};

function scenarios(quick: boolean): readonly BackfillScenario[] {
  return loads.flatMap(({ candidatesPerDay, days, quickDays }) =>
    [1_000, 5_000].flatMap((latencyMs) =>
      [false, true].map((withTimer) => ({
        days: quick ? quickDays : days,
        users,
        candidatesPerDay,
        attacksPerDay,
        latencyMs,
        queueMs,
        withTimer,
      })),
    ),
  );
}

async function simulated(scenario: BackfillScenario) {
  const { candidatesPerDay, days, latencyMs, withTimer } = scenario;
  const { more = {} } = await inFreshProcess("backfillRun", scenario, {
    nodeArguments: ["--max-old-space-size=8192"],
  });
  const scaled = (name: string) => ((more[name] ?? NaN) * 90) / days;
  const whole = (value: number) => Math.round(value);
  return {
    "rows a day": candidatesPerDay,
    "s a query": latencyMs / 1000,
    timer: withTimer ? "beside it" : "–",
    "days simulated": days,
    "hours for 90 days": Math.round(scaled("hours") * 10) / 10,
    queries: whole(scaled("queries")),
    "rows answered": whole(scaled("rows")),
    slices: whole(scaled("slices")),
    executions: whole(scaled("executions")),
    "table requests": whole(scaled("tableRequests")),
    incidents: whole(scaled("opened")),
    "turned away": more["throttled"] ?? NaN,
    "queries at once": more["busiest"] ?? NaN,
    "longest timer run, s": whole(more["longestRunSeconds"] ?? NaN),
  };
}
