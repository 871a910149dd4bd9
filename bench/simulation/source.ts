import { pageRows } from "../../src/logs/azure/renderQuery.ts";
import { semaphore } from "../../src/logs/azure/semaphore.ts";
import type { Fields } from "../../src/detection/signin/fields.ts";
import type { LogAnswer, LogQuery, SignInSource } from "../../src/run/ports.ts";
import type { QueryService } from "./queryService.ts";
import type { SimulatedTenant } from "./tenant.ts";
import type { VirtualTime } from "./virtualTime.ts";

/** Like the adapter, per process. */
const queriesAtOnce = 4;

/** The log as one process of the app sees it: pages of 10,000 rows, a few concurrent queries. */
export function simulatedSource(
  tenant: SimulatedTenant,
  service: QueryService,
  time: VirtualTime,
): SignInSource {
  const inTurn = semaphore(queriesAtOnce);
  const ask = (select: (query: LogQuery) => readonly Fields[], query: LogQuery) =>
    inTurn(async (): Promise<LogAnswer> => {
      const rows = await service.ask(() => select(query).slice(0, pageRows + 1));
      return rows.length > pageRows
        ? { kind: "partial", reason: `more than ${pageRows} rows` }
        : { kind: "whole", rows, servedAt: time.now() };
    });
  return {
    pageRows,
    candidates: (query) => ask((each) => tenant.candidates(each), query),
    approvals: (query) => ask((each) => tenant.approvals(each), query),
  };
}
