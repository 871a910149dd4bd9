import type { Turn } from "../frame/rounds.ts";
import { simulateRun, type RunScenario } from "../simulation/run.ts";

/** A scheduled run at 1 s per query. A run at 5 s per query before it warms up the code. */
export async function work(scenario: Omit<RunScenario, "latencyMs">): Promise<Turn> {
  const slow = await simulateRun({ ...scenario, latencyMs: 5_000 });
  const fast = await simulateRun({ ...scenario, latencyMs: 1_000 });
  const { queries, rows, tableRequests, seconds, workMs } = fast;
  const more = { queries, rows, tableRequests, seconds, slowSeconds: slow.seconds };
  return { ms: workMs, more };
}
