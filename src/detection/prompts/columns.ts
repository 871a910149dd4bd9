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
