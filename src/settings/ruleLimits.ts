/** Bounds of a rule's numbers. Beyond them, a rule would count everything, or could never be read completely. */
export const ruleLimits = {
  shortestWindowMs: 1_000,
  longestWindowMs: 24 * 3_600_000,
  largestThreshold: 10_000,
  longestWatchMs: 7 * 86_400_000,
} as const;
