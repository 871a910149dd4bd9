import type { ContextQuestion, SuccessAfter } from "./context.ts";
import { distinct } from "./origins.ts";
import { isSame, shownName, type PassedSignIn, type RefusedRequest } from "./rows.ts";
import type { Scene } from "./scene.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** The number of successful sign-ins in a context. The account's own take precedence. */
export const mostSuccesses = 50;

/** An approval and the sign-in that it allowed are logged at different times, up to this far apart (ms). */
const approvalSlackMs = minute;

/**
 * Returns successful sign-ins from an address or in a session of the denials, up to 24 hours after the first one,
 * oldest first. For other accounts, only addresses that are new to this account count.
 */
export function successesOf(
  { approvals }: Pick<ContextQuestion, "approvals">,
  passed: readonly PassedSignIn[],
  requests: readonly RefusedRequest[],
  { names, firstDenialAt, addresses, strange }: Scene,
): readonly SuccessAfter[] {
  const sessions = new Set(distinct(requests.map(({ session }) => session)));
  const isApproval = ({ at, address }: PassedSignIn) =>
    approvals.some(
      (approval) => approval.ipAddress === address && Math.abs(approval.at - at) <= approvalSlackMs,
    );
  const found = passed
    .filter(({ at }) => at >= firstDenialAt && at <= firstDenialAt + day)
    .flatMap((row): readonly SuccessAfter[] => {
      const own = isSame(row.names, names);
      const inSession = row.session !== null && sessions.has(row.session);
      const from = own ? addresses : strange;
      const isFrom = row.address !== null && from.includes(row.address);
      if ((!inSession && !isFrom) || (own && isApproval(row))) {
        return [];
      }
      const { at, interactive, address: ipAddress, location, application, method, session } = row;
      const by = inSession ? "session" : "address";
      const user = shownName(row.names);
      return [
        { at, user, own, by, interactive, ipAddress, location, application, method, session },
      ];
    })
    .toSorted(byTime);
  const own = found.filter((each) => each.own);
  const others = found.filter((each) => !each.own);
  return [...own, ...others].slice(0, mostSuccesses).toSorted(byTime);
}

function byTime(a: SuccessAfter, b: SuccessAfter): number {
  return a.at - b.at || (keyOf(a) < keyOf(b) ? -1 : 1);
}

function keyOf(success: SuccessAfter): string {
  return JSON.stringify([success.user, success.application, success.session]);
}
