import type { Case } from "../frame/case.ts";
import type { Goal } from "../frame/figures.ts";
import { inFreshProcess } from "../frame/processes.ts";
import { tell } from "../frame/progress.ts";
import type { BackfillScenario } from "../simulation/backfill.ts";

const users = 1_000_000;
const attacksPerDay = 20;
const queueMs = 180_000;

/** Candidates per day of 33 million sign-ins, and how many of the 90 days are simulated. */
const loads = [
  { candidatesPerDay: 3_333, days: 30, quickDays: 9 },
  { candidatesPerDay: 33_333, days: 9, quickDays: 2 },
  { candidatesPerDay: 333_333, days: 1, quickDays: 0.25 },
] as const;

/** Days alike, or days whose busiest hour has nine times as many candidates as the quietest. */
const swings = [1, 9] as const;

/** The load and the duration of a query that the goals are about. */
const meant = { candidatesPerDay: 33_333, latencyMs: 1_000 } as const;

interface Simulated {
  readonly scenario: BackfillScenario;
  readonly more: Readonly<Record<string, number>>;
}

/** The duration of a backfill of 90 days under the limits of the query service. */
export const backfillCase: Case = {
  name: "backfill",
  onDemand: true,
  async run({ quick }) {
    const simulated: Simulated[] = [];
    for (const scenario of scenarios(quick)) {
      tell(`backfill: ${JSON.stringify(scenario)}`);
      const { more = {} } = await inFreshProcess("backfillRun", scenario, {
        nodeArguments: ["--max-old-space-size=8192"],
      });
      simulated.push({ scenario, more });
    }
    return [
      {
        title: "backfill of 90 days, 10⁶ users and 10⁹ sign-ins a month, in virtual time",
        unit: "",
        lines: [],
        facts: simulated.map(factsOf),
        goals: simulated.flatMap(goalsOf),
        mismatches: [],
      },
    ];
  },
};

function scenarios(quick: boolean): readonly BackfillScenario[] {
  return loads.flatMap(({ candidatesPerDay, days, quickDays }) =>
    [1_000, 5_000].flatMap((latencyMs) =>
      [false, true].flatMap((withTimer) =>
        (withTimer ? swings.slice(0, 1) : swings).map((swing) => ({
          days: quick ? quickDays : days,
          users,
          candidatesPerDay,
          attacksPerDay,
          latencyMs,
          queueMs,
          withTimer,
          swing,
        })),
      ),
    ),
  );
}

function goalsOf({ scenario, more }: Simulated): readonly Goal[] {
  const { candidatesPerDay, latencyMs, swing } = scenario;
  if (candidatesPerDay !== meant.candidatesPerDay || latencyMs !== meant.latencyMs) {
    return [];
  }
  const of = `of 90 days, ${scenario.withTimer ? "beside the timer" : `swing ${swing}`}`;
  const goal = (what: string, value: number, unit: string, bars: Pick<Goal, "must" | "goal">) => ({
    what: `${what} ${of}`,
    value,
    unit,
    better: "less" as const,
    ...bars,
  });
  const { hours = NaN, tableRequests = NaN, thrownAway = NaN } = more;
  const whole = 90 / scenario.days;
  return [
    goal("hours", hours * whole, " h", { must: 1, goal: 0.5 }),
    goal("table requests", tableRequests * whole, "", { must: 100_000, goal: null }),
    goal("rows thrown away", thrownAway, "", { must: 0.1, goal: null }),
  ];
}

function factsOf({ scenario, more }: Simulated): Readonly<Record<string, string | number>> {
  const { candidatesPerDay, days, latencyMs, withTimer, swing } = scenario;
  const scaled = (name: string) => ((more[name] ?? NaN) * 90) / days;
  const whole = (value: number) => Math.round(value);
  return {
    "rows a day": candidatesPerDay,
    "s a query": latencyMs / 1000,
    swing: swing === 1 ? "–" : `${swing} ×`,
    timer: withTimer ? "beside it" : "–",
    "days simulated": days,
    "hours for 90 days": Math.round(scaled("hours") * 10) / 10,
    queries: whole(scaled("queries")),
    "rows answered": whole(scaled("rows")),
    "thrown away, %": whole(100 * (more["thrownAway"] ?? NaN)),
    slices: whole(scaled("slices")),
    executions: whole(scaled("executions")),
    "table requests": whole(scaled("tableRequests")),
    incidents: whole(scaled("opened")),
    "turned away": more["throttled"] ?? NaN,
    "queries at once": more["busiest"] ?? NaN,
    "longest timer run, s": whole(more["longestRunSeconds"] ?? NaN),
  };
}
