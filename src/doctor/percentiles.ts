/** @returns values in the unit of the input; null for an empty list */
export function percentiles(
  values: readonly number[],
): { readonly p50: number; readonly p95: number } | null {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  const [p50, p95] = [at(0.5), at(0.95)];
  return p50 === undefined || p95 === undefined ? null : { p50, p95 };
}
