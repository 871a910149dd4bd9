import { planParts, stepBackfill } from "../../src/run/backfill.ts";
import { runDetection } from "../../src/run/runDetection.ts";
import { simulatedDetector } from "./detector.ts";
import { documentedLimits, QueryService } from "./queryService.ts";
import { simulatedLog } from "./source.ts";
import { simulatedJob, simulatedStore } from "./state.ts";
import { SimulatedTenant } from "./tenant.ts";
import { VirtualTime } from "./virtualTime.ts";

const minute = 60_000;
const day = 1_440 * minute;
const now = Date.UTC(2026, 5, 1);
const never = new AbortController().signal;

/** Like the app: each message starts slices for three minutes. */
const stepLength = 3 * minute;
const tableMs = 8;

export interface BackfillScenario {
  readonly days: number;
  readonly users: number;
  readonly candidatesPerDay: number;
  readonly attacksPerDay: number;
  readonly latencyMs: number;
  readonly queueMs: number;
  /** Whether another process also runs every five minutes. */
  readonly withTimer: boolean;
  /** How many times as many rows the busiest hour has as the quietest. */
  readonly swing: number;
}

export interface Simulated {
  readonly hours: number;
  readonly queries: number;
  readonly rows: number;
  /** The share of these rows that was thrown away, because there were more than an answer has room for. */
  readonly thrownAway: number;
  /** Steps whose cursor was saved, that is, completed pages of the log. */
  readonly slices: number;
  readonly executions: number;
  readonly tableRequests: number;
  readonly opened: number;
  /** The number of attacks in the range. Each is one incident. */
  readonly attacks: number;
  readonly throttled: number;
  /** The number of scheduled runs at the same time; 0 without any. */
  readonly timerRuns: number;
  readonly longestRunSeconds: number;
  readonly busiest: number;
}

/** Runs the real backfill over a simulated log, in virtual time, as fast as the limits allow. */
export async function simulateBackfill(scenario: BackfillScenario): Promise<Simulated> {
  const { days, latencyMs, queueMs } = scenario;
  const time = new VirtualTime(now);
  const service = new QueryService(time, { ...documentedLimits, latencyMs, queueMs });
  // Up to the present, so that nothing comes after it. With an earlier end, late rows would only be set aside.
  const request = {
    from: now - days * day,
    to: now,
    rules: [],
    workspaces: ["simulated"],
    dryRun: false,
  };
  const [part] = planParts(request, now);
  if (part === undefined) {
    throw new Error("a request with a workspace has a part");
  }
  const job = simulatedJob(part, time, tableMs);
  const { store, requests } = simulatedStore(time, tableMs);
  const past = tenantOf(scenario, part.cursor - day, part.end);
  const log = simulatedLog(past, service, time, "backfill");
  const detector = simulatedDetector(time, log, store);
  let executions = 0;
  const backfill = async () => {
    let hasMore = true;
    while (hasMore) {
      executions++;
      const step = {
        id: "simulated",
        request,
        workspace: "simulated",
        until: time.now() + stepLength,
      };
      hasMore = await stepBackfill(detector, job.jobs, step, never);
    }
  };
  const timer = scenario.withTimer ? startTimer(scenario, time, service) : null;
  await time.runUntil(backfill());
  if (timer !== null) {
    timer.isStopped = true;
  }
  const hours = (time.now() - now) / 3_600_000;
  const done = await time.runUntil(job.jobs.readPart("simulated", "simulated"));
  return {
    hours,
    queries: service.queries,
    rows: service.rows,
    thrownAway: log.thrownAway() / service.rows,
    slices: job.slices(),
    executions,
    tableRequests: requests.count + job.requests.count,
    opened: done?.part.counts.opened ?? NaN,
    attacks: past.attacksSince(request.from),
    throttled: service.throttled,
    timerRuns: timer?.runs.length ?? 0,
    longestRunSeconds: Math.max(0, ...(timer?.runs ?? [])) / 1000,
    busiest: service.busiest,
  };
}

function tenantOf(scenario: BackfillScenario, from: number, to: number): SimulatedTenant {
  const { users, candidatesPerDay, attacksPerDay, swing } = scenario;
  const days = (to - from) / day;
  return new SimulatedTenant({
    seed: 20_261_122,
    users,
    from,
    to,
    swing,
    candidates: Math.round(candidatesPerDay * days),
    attacks: Math.round(attacksPerDay * days),
  });
}

/** Scheduled runs, in a process of their own but with the same identity. */
function startTimer(scenario: BackfillScenario, time: VirtualTime, service: QueryService) {
  const tenant = tenantOf(scenario, now - day, now + 3 * day);
  const { store } = simulatedStore(time, tableMs);
  const detector = simulatedDetector(time, simulatedLog(tenant, service, time, "detection"), store);
  const runs: number[] = [];
  const timer = { runs, isStopped: false };
  const run = async () => {
    while (!timer.isStopped) {
      const startedAt = time.now();
      await runDetection(detector, never);
      runs.push(time.now() - startedAt);
      await time.sleep(5 * minute - ((time.now() - now) % (5 * minute)));
    }
  };
  void run();
  return timer;
}
