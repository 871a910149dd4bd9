import { analystTasks } from "../detection/incidents/analystTasks.ts";
import { describeChange } from "../detection/incidents/change.ts";
import { approvalRow, contextFacts } from "../detection/incidents/contextFacts.ts";
import type { Decision } from "../detection/decisions/decision.ts";
import type { Evidence, Finding } from "../detection/decisions/finding.ts";
import { describeIncident } from "../detection/incidents/incident.ts";
import type { Subject } from "../detection/decisions/record.ts";
import { visible } from "../detection/signin/visible.ts";
import type { ChangeBase, Incident } from "./ports.ts";

/** The number of values a summary names per list. The summary waits in a state row of limited size until it is sent. */
const namedValues = 20;

/** Returns the incident for a decision, as long as no sink has it. */
export function incidentOf(
  subject: Subject,
  {
    burst,
    before,
    reason,
  }: Pick<Decision, "burst" | "reason"> & {
    readonly before: ChangeBase | null;
  },
  finding: Finding,
): Incident {
  const { id, name, techniques } = finding.rules[0];
  return {
    id: burst.id,
    revision: burst.revision,
    text: describeIncident(subject, finding),
    tasks: analystTasks,
    change: describeChange(reason, before, finding),
    summary: {
      rule: { id, name, techniques },
      subject,
      reason,
      facts: finding.facts,
      evidence: shorten(finding.evidence),
      approvedBy: approvalRow(finding),
      context: contextFacts(finding),
      severitySince: burst.severitySince,
    },
    sentRevision: 0,
  };
}

function shorten({ userId, guest, ...lists }: Evidence): Evidence {
  const short = (values: readonly string[]) =>
    values.slice(0, namedValues).map((value) => visible(value));
  return {
    userId: userId === null ? null : visible(userId),
    guest,
    ipAddresses: short(lists.ipAddresses),
    applications: short(lists.applications),
    userAgents: short(lists.userAgents),
    locations: short(lists.locations),
  };
}
