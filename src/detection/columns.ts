/** @returns NaN outside */
export function timeAt(times: Float64Array, index: number): number {
  return times[index] ?? NaN;
}

/** @returns 0 outside */
export function numberAt(numbers: Uint32Array, index: number): number {
  return numbers[index] ?? 0;
}
