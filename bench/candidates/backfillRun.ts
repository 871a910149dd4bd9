import type { Turn } from "../frame/rounds.ts";
import { simulateBackfill, type BackfillScenario } from "../simulation/backfill.ts";

export async function work(scenario: BackfillScenario): Promise<Turn> {
  const startedAt = performance.now();
  const simulated = await simulateBackfill(scenario);
  return { ms: performance.now() - startedAt, more: { ...simulated } };
}
