import { queriesAtOnce } from "../../src/logs/azure/logAnalytics.ts";
import { pageRows } from "../../src/logs/azure/renderQuery.ts";
import { semaphore } from "../../src/logs/azure/semaphore.ts";
import type { Fields } from "../../src/detection/signin/fields.ts";
import type { Looked } from "../../src/run/contextSource.ts";
import type { Detector } from "../../src/run/detector.ts";
import type { LogAnswer, LogQuery } from "../../src/run/ports.ts";
import type { QueryService } from "./queryService.ts";
import type { SimulatedTenant } from "./tenant.ts";
import type { VirtualTime } from "./virtualTime.ts";

/**
 * The log as one process of the app sees it: pages of 10,000 rows, a few concurrent queries. The other tables take as
 * long to answer, and are empty.
 */
export function simulatedLog(
  tenant: SimulatedTenant,
  service: QueryService,
  time: VirtualTime,
  asker: keyof typeof queriesAtOnce,
): Pick<Detector, "source" | "context"> & { readonly thrownAway: () => number } {
  let thrownAway = 0;
  const inTurn = semaphore(queriesAtOnce[asker]);
  const ask = (select: (query: LogQuery) => readonly Fields[], query: LogQuery) =>
    inTurn(async (): Promise<LogAnswer> => {
      const rows = await service.ask(() => select(query).slice(0, pageRows + 1));
      if (rows.length > pageRows) {
        thrownAway += rows.length;
        return { kind: "partial", reason: `more than ${pageRows} rows` };
      }
      return { kind: "whole", rows, servedAt: time.now() };
    });
  const lookUp = <T>(rows: T) =>
    inTurn(async (): Promise<Looked<T>> => {
      await service.ask(() => []);
      return { rows, gaps: [] };
    });
  return {
    thrownAway: () => thrownAway,
    source: {
      pageRows,
      candidates: (query) => ask((each) => tenant.candidates(each), query),
      approvals: (query) => ask((each) => tenant.approvals(each), query),
    },
    context: {
      history: () => lookUp({ seen: [], habits: [], refused: [] }),
      failures: () => lookUp([]),
      successes: () => lookUp([]),
      events: () => lookUp([]),
    },
  };
}
