import type { Fields } from "../detection/signin/fields.ts";
import type { LogAnswer, LogQuery } from "./ports.ts";
import { UpstreamError } from "./upstreamError.ts";

/** The number of shards at which splitting stops. Rows of one user at one instant cannot be split at all. */
const mostShards = 1_024;

/**
 * Repeats a query until the answer is whole. A partial answer is queried again in halves of its time range, and
 * once that is a single instant, in halves of its users.
 *
 * @throws UpstreamError if it cannot be split any further
 */
export async function readWhole(
  ask: (query: LogQuery) => Promise<LogAnswer>,
  query: LogQuery,
): Promise<readonly Fields[]> {
  const answer = await ask(query);
  if (answer.kind === "whole") {
    return answer.rows;
  }
  const [left, right] = halve(query, answer.reason);
  const rows = await readWhole(ask, left);
  return rows.concat(await readWhole(ask, right));
}

/** @throws UpstreamError if the query cannot be split */
export function halve(query: LogQuery, reason: string): readonly [LogQuery, LogQuery] {
  const { from, to } = query.range;
  if (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    return [
      { ...query, range: { from, to: middle } },
      { ...query, range: { from: middle, to } },
    ];
  }
  const { index, count } = query.shard ?? { index: 0, count: 1 };
  if (count >= mostShards) {
    throw new UpstreamError(
      "Log Analytics",
      `one instant is too much for an answer (${reason})`,
      false,
    );
  }
  return [
    { ...query, shard: { index, count: count * 2 } },
    { ...query, shard: { index: index + count, count: count * 2 } },
  ];
}
