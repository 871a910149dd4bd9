// `node scripts/test.mjs quick|coverage|all|longer|heavy|whole|long [vitest arguments]`: runs a suite and ends with a plain line,
// `N passed, N failed`, for people and CI. `all` (npm test) also measures the coverage of src/detection, unless
// arguments select some of the tests.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./run.mjs";

const [suite = "quick", ...rest] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "mfa-deny-tests-"));
const report = join(folder, "report.json");

try {
  const isMeasured = suite === "coverage" || (suite === "all" && rest.length === 0);
  process.exitCode = run(
    "node_modules/vitest/vitest.mjs",
    [
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...(isMeasured ? ["--coverage.enabled"] : []),
      ...rest,
    ],
    { TEST_SUITE: suite },
  );
  // Without a report, vitest failed before it ran tests, and has said why.
  if (existsSync(report)) {
    console.log(closingLine(JSON.parse(readFileSync(report, "utf8"))));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number,
 *   testResults: { status: string, assertionResults: unknown[] }[] }} results
 */
function closingLine({ numPassedTests, numFailedTests, numPendingTests, testResults }) {
  // A file that cannot be loaded has no tests, but counts as failed.
  const unloadable = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const line = `${numPassedTests} passed, ${numFailedTests + unloadable} failed`;
  return numPendingTests > 0 ? `${line}, ${numPendingTests} skipped` : line;
}
