import { runDetection } from "../../src/run/runDetection.ts";
import { simulatedDetector } from "./detector.ts";
import { documentedLimits, QueryService } from "./queryService.ts";
import { simulatedLog } from "./source.ts";
import { simulatedStore } from "./state.ts";
import { SimulatedTenant } from "./tenant.ts";
import { VirtualTime } from "./virtualTime.ts";

const minute = 60_000;
const now = Date.UTC(2026, 5, 1);
const never = new AbortController().signal;

export interface RunScenario {
  readonly users: number;
  /** Rows of five minutes that may contain a denial. */
  readonly candidates: number;
  readonly latencyMs: number;
}

export interface RunCost {
  readonly queries: number;
  readonly rows: number;
  readonly tableRequests: number;
  /** The duration by the simulated clock. */
  readonly seconds: number;
  /** The processor's work by the real clock. */
  readonly workMs: number;
}

/** The cost of a scheduled run over five minutes of a tenant, after a run that found nothing. */
export async function simulateRun({ users, candidates, latencyMs }: RunScenario): Promise<RunCost> {
  const time = new VirtualTime(now);
  const service = new QueryService(time, { ...documentedLimits, latencyMs });
  const { store, requests } = simulatedStore(time, 8);
  const from = now - 7 * minute;
  const tenant = new SimulatedTenant({
    seed: 20_261_122,
    users,
    from,
    to: from + 5 * minute,
    swing: 1,
    candidates,
    attacks: 0,
  });
  const detector = simulatedDetector(time, simulatedLog(tenant, service, time, "detection"), store);
  // Rows are ingested three minutes after they happen.
  await time.runUntil(
    store.saveProgress({
      publishedTo: from + 3 * minute,
      lastRunAt: from,
      lastSuccessAt: from,
      lastError: null,
      pending: 0,
    }),
  );
  const before = { queries: service.queries, requests: requests.count, at: time.now() };
  await time.runUntil(time.sleep(5 * minute));
  const startedAt = performance.now();
  const begun = time.now();
  await time.runUntil(runDetection(detector, never));
  return {
    queries: service.queries - before.queries,
    rows: service.rows,
    tableRequests: requests.count - before.requests,
    seconds: (time.now() - begun) / 1000,
    workMs: performance.now() - startedAt,
  };
}
