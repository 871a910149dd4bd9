import { followedMs } from "../detection/context/followed.ts";
import type { Decision } from "../detection/decisions/decision.ts";
import type { Family } from "../detection/rules/families.ts";
import type { Account } from "../detection/signin/account.ts";
import { namesOf } from "./accountNames.ts";
import type { Detector } from "./detector.ts";
import type { Watch } from "./ports.ts";

/** How long every run retries to look up a missing context, in milliseconds. */
const retryMs = 60 * 60_000;

/** How long after the last denial an approval still counts for some rule of the family, in milliseconds. */
export function longestWatch({ rules }: Family): number {
  return Math.max(...rules.map(({ approvalWatchMs }) => approvalWatchMs));
}

/** Returns what is still to be watched for a burst; null if nothing is. */
export function watchOf(
  { clock, context = null, approvalLatenessMs }: Detector,
  family: Family,
  { burst, finding }: Decision,
  account: Account,
): Watch | null {
  const { approval, firstDenialAt, lastDenialAt } = burst.facts;
  const now = clock.now();
  // A closer match may still arrive, and may raise the severity when others do not.
  const takesApprovals = approval === null || approval.match === "other";
  const approvedUntil = takesApprovals
    ? lastDenialAt + longestWatch(family) + approvalLatenessMs
    : -Infinity;
  const followedUntil =
    context === null || finding === null
      ? -Infinity
      : firstDenialAt + followedMs + approvalLatenessMs;
  const until = Math.max(approvedUntil, followedUntil);
  if (until <= now) {
    return null;
  }
  const watch = { from: burst.extent.from, to: lastDenialAt, until };
  if (followedUntil <= now || finding === null) {
    return watch;
  }
  const isWhole = finding.context !== null && !finding.context.gaps.some(mayPass);
  return {
    ...watch,
    followUp: { names: namesOf(account, finding), retryUntil: isWhole ? null : now + retryMs },
  };
}

/** Reports whether the problem may pass. A table that is not connected or too full stays so. */
function mayPass({ problem }: { readonly problem: string }): boolean {
  return problem === "failed";
}
