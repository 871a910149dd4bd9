/** Denials of many accounts, one per row, in any order. Both columns have the same length. */
export interface DenialColumns {
  /** The number of accounts. */
  readonly accounts: number;
  /** The account of each denial, from 0 to below `accounts`. */
  readonly account: Uint32Array;
  /** Epoch milliseconds. */
  readonly at: Float64Array;
}

/** @returns NaN outside the array */
export function timeAt(times: Float64Array, index: number): number {
  return times[index] ?? NaN;
}

/** @returns 0 outside the array */
export function numberAt(numbers: Uint32Array, index: number): number {
  return numbers[index] ?? 0;
}

/** Returns how many of the first items are early, by bisection. After one that is not, none is. */
export function countWhile(length: number, isEarly: (index: number) => boolean): number {
  let count = 0;
  let end = length;
  while (count < end) {
    const middle = Math.floor((count + end) / 2);
    if (isEarly(middle)) {
      count = middle + 1;
    } else {
      end = middle;
    }
  }
  return count;
}
