import { numberAt, timeAt, type DenialColumns } from "../prompts/columns.ts";
import { cutRuns, extentOf, type Extent, type Windowing } from "./windowing.ts";

/** A run that fired. Epoch milliseconds. */
export interface Burst {
  readonly account: number;
  readonly denials: number;
  readonly firstDenialAt: number;
  readonly lastDenialAt: number;
  readonly triggeredAt: number;
  readonly extent: Extent;
}

/**
 * The bursts of all accounts, by account and then by time: those of `findRuns`. Takes time in proportion to
 * the denials (where they are out of order within an account, to sort those as well) and 8 bytes for each.
 */
export function eachBurst(
  rule: Windowing,
  columns: DenialColumns,
  take: (burst: Burst) => void,
): void {
  const { times, ends } = groupTimes(columns);
  let from = 0;
  for (const [account, to] of ends.entries()) {
    sortPart(times, from, to);
    cutRuns(rule, times, from, to, (start, end, trigger) => {
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
    from = to;
  }
}

/** The times by account, in each as they came: a counting sort. `ends`: where those of each account end. */
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
  // Stryker disable next-line ArithmeticOperator,EqualityOperator: to look at a neighbour, too, costs time only.
  for (let index = from + 1; index < to; index++) {
    // Stryker disable next-line ConditionalExpression,EqualityOperator: to sort what is in order costs time only.
    if (timeAt(times, index) < timeAt(times, index - 1)) {
      times.subarray(from, to).sort();
      return;
    }
  }
}
