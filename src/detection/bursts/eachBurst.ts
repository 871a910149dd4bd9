import { numberAt, timeAt, type DenialColumns } from "../prompts/columns.ts";
import { extentOf, windowKind } from "./windowKinds.ts";
import type { Extent, Times, Windowing } from "./windowing.ts";

/** A streak that fired. Epoch milliseconds. */
export interface Burst {
  readonly account: number;
  readonly denials: number;
  readonly firstDenialAt: number;
  readonly lastDenialAt: number;
  readonly triggeredAt: number;
  readonly extent: Extent;
}

/**
 * Calls `take` for the bursts of all accounts, by account and then by time; the same bursts as `findStreaks`.
 * Linear, plus a sort for accounts whose denials are out of order. Needs 8 bytes per denial.
 */
export function eachBurst(
  rule: Windowing,
  columns: DenialColumns,
  take: (burst: Burst) => void,
): void {
  const { cut } = windowKind(rule);
  eachAccount(columns, ({ times, from, to }, account) => {
    cut(rule, { times, from, to }, (start, end, trigger) => {
      if (trigger >= 0) {
        const firstDenialAt = timeAt(times, start);
        const lastDenialAt = timeAt(times, end - 1);
        take({
          account,
          denials: end - start,
          firstDenialAt,
          lastDenialAt,
          triggeredAt: timeAt(times, trigger),
          extent: extentOf(rule, firstDenialAt, lastDenialAt),
        });
      }
    });
  });
}

/**
 * Calls `take` for each account with the times of its denials, which are in one column, grouped by account. Linear,
 * plus a sort for accounts whose denials are out of order. Needs 8 bytes per denial.
 */
export function eachAccount(
  columns: DenialColumns,
  take: (denials: Times, account: number) => void,
): void {
  const { times, ends } = groupTimes(columns);
  let from = 0;
  for (const [account, to] of ends.entries()) {
    sortPart(times, from, to);
    take({ times, from, to }, account);
    from = to;
  }
}

/** Groups the times by account with a counting sort. `ends` has the index after the last time of each account. */
function groupTimes({ accounts, account, at }: DenialColumns): {
  readonly times: Float64Array;
  readonly ends: Uint32Array;
} {
  const next = new Uint32Array(accounts);
  for (let row = 0; row < account.length; row++) {
    const each = numberAt(account, row);
    next[each] = numberAt(next, each) + 1;
  }
  let start = 0;
  for (const [each, count] of next.entries()) {
    next[each] = start;
    start += count;
  }
  const times = new Float64Array(at.length);
  for (let row = 0; row < at.length; row++) {
    const each = numberAt(account, row);
    const place = numberAt(next, each);
    times[place] = timeAt(at, row);
    next[each] = place + 1;
  }
  return { times, ends: next };
}

function sortPart(times: Float64Array, from: number, to: number): void {
  // Stryker disable next-line ArithmeticOperator,EqualityOperator: comparing one more neighbour only costs time.
  for (let index = from + 1; index < to; index++) {
    // Stryker disable next-line ConditionalExpression,EqualityOperator: sorting a sorted list only costs time.
    if (timeAt(times, index) < timeAt(times, index - 1)) {
      times.subarray(from, to).sort();
      return;
    }
  }
}
