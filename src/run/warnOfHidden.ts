import type { Decision } from "../detection/decisions/decision.ts";
import { formatTime } from "../detection/signin/time.ts";
import type { Detector } from "./detector.ts";
import { exclusionName } from "./excludedCounts.ts";

/** Logs excluded bursts that ended badly. No incident is opened for them, but a break-in must not go unnoticed. */
export function warnOfHidden(
  { log, workspaceId }: Pick<Detector, "log" | "workspaceId">,
  decisions: readonly Decision[],
): void {
  for (const { reason, burst, finding } of decisions) {
    if (reason === "excluded" && finding !== null) {
      const { facts, evidence, excludedBy = [], rules } = finding;
      const [rule] = rules;
      log.warn("excluded burst ended badly", {
        workspaceId,
        burst: burst.id,
        rule: rule.id,
        excludedBy: excludedBy.map((each) => exclusionName(rule, each)),
        reasons: excludedBy.map((each) => each.reason),
        userId: evidence.userId,
        denials: facts.denials,
        firstDenialAt: formatTime(facts.firstDenialAt),
        lastDenialAt: formatTime(facts.lastDenialAt),
        approvedAt: facts.approval === null ? null : formatTime(facts.approval.at),
      });
    }
  }
}
