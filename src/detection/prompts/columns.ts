/** Denials of many accounts, one a row, in any order. Both columns are of one length. */
export interface DenialColumns {
  /** How many accounts there are. */
  readonly accounts: number;
  /** Whose denial: from 0, below `accounts`. */
  readonly account: Uint32Array;
  /** Epoch milliseconds. */
  readonly at: Float64Array;
}

/** @returns NaN outside */
export function timeAt(times: Float64Array, index: number): number {
  return times[index] ?? NaN;
}

/** @returns 0 outside */
export function numberAt(numbers: Uint32Array, index: number): number {
  return numbers[index] ?? 0;
}
