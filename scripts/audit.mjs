// Fails on a known high or critical vulnerability in the deployed packages. A registry that does not
// answer the audit request (a mirror, a closed network) is reported and let pass.
import { spawnSync } from "node:child_process";

const { stdout } = spawnSync("npm audit --omit=dev --json", { encoding: "utf8", shell: true });
const counts = vulnerabilityCounts(stdout);

if (counts === undefined) {
  console.log("audit: the registry did not answer; not checked.");
} else {
  const { high = 0, critical = 0, moderate = 0, low = 0 } = counts;
  console.log(`audit: ${critical} critical, ${high} high, ${moderate} moderate, ${low} low.`);
  if (high + critical > 0) {
    console.error(stdout);
    process.exitCode = 1;
  }
}

/**
 * @param {string} answer
 * @returns {Record<string, number> | undefined} undefined when the answer is not an audit report
 */
function vulnerabilityCounts(answer) {
  try {
    return JSON.parse(answer).metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}
