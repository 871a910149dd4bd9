/** Time to read the files of rules, in milliseconds. */
const longestReading = 30_000;

/** Returns a signal for an HTTP request that reads files of rules. */
export function readingSignal(): AbortSignal {
  return AbortSignal.timeout(longestReading);
}
