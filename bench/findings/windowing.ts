import { digestOf } from "../frame/digest.ts";
import type { Turn } from "../frame/rounds.ts";
import { denialColumns, type DenialColumns, type DenialsAsked } from "../data/denialColumns.ts";

export interface WindowingTask extends DenialsAsked {
  readonly windowMs: number;
  readonly threshold: number;
}

export interface Burst {
  readonly user: number;
  readonly first: number;
  readonly last: number;
  readonly denials: number;
  readonly triggeredAt: number;
}

export type FindBursts = (
  columns: DenialColumns,
  rule: Pick<WindowingTask, "windowMs" | "threshold" | "users">,
) => readonly Burst[];

/** Times one way of finding bursts. Creating the denials is not included. */
export function timeWindowing(task: WindowingTask, find: FindBursts): Turn {
  const columns = denialColumns(task);
  const startedAt = performance.now();
  const bursts = find(columns, task);
  const ms = performance.now() - startedAt;
  if (bursts.length === 0) {
    throw new Error("no burst was found, so nothing is compared");
  }
  const sorted = bursts
    .map(({ user, first, last, denials, triggeredAt }) => [user, first, last, denials, triggeredAt])
    .toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
  return { ms, digest: digestOf(sorted), more: { bursts: bursts.length } };
}
