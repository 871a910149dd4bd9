const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** A duration for people, rounded down to its largest unit: `3 h`, `42 s`. */
export function inWords(ms: number): string {
  for (const [unit, length] of units) {
    if (ms >= 2 * length) {
      return `${Math.floor(ms / length)} ${unit}`;
    }
  }
  return `${Math.round(ms / 1000)} s`;
}
