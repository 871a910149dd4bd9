/** Time to read files of rules where somebody waits for the answer, in milliseconds. */
const longestReading = 30_000;

/** Returns a signal for a request that reads files of rules. */
export function readingSignal(): AbortSignal {
  return AbortSignal.timeout(longestReading);
}
