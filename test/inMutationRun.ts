/**
 * Whether the tests are run for each of thousands of mutants (`npm run mutation`): then those are skipped that
 * take seconds, and those that measure time, because a busy machine is no finding.
 */
export const inMutationRun = process.env["TEST_SUITE"]?.startsWith("mutation") === true;
