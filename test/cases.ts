/**
 * How much a run of the tests tries. `npm test` and the quick run take a share of what is drawn at random or listed
 * at length; CI takes all of the slowest files' cases, and so do the long run and mutation runs.
 */
const suite = process.env["TEST_SUITE"] ?? "quick";
export const isWhole = !["quick", "coverage", "all", "longer"].includes(suite);

/** The number of random cases in this run: all, or one in five. */
export function cases(whole: number): number {
  return isWhole ? whole : Math.ceil(whole / 5);
}

/** All of a list in a whole run, else the first few. */
export function listed<T>(all: readonly T[], share: number): readonly T[] {
  return isWhole ? all : all.slice(0, share);
}
