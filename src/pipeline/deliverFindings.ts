import { analystTasks, describeChange, describeIncident } from "../detection/incident.ts";
import type { Decision } from "../detection/decision.ts";
import type { RecordsReport } from "./detectRecords.ts";
import type { IncidentSink } from "./ports.ts";

/**
 * Brings every incident of a run up to date in a sink, whether or not this run changed it. No other process
 * may write to the sink at the same time.
 */
export async function deliverFindings(
  sink: IncidentSink,
  { findings, merged }: Pick<RecordsReport, "findings" | "merged">,
): Promise<void> {
  for (const { rule, subject, decision, finding } of findings) {
    await sink.deliver({
      id: decision.burst.id,
      revision: decision.burst.revision,
      text: describeIncident(rule, subject.user, finding),
      tasks: analystTasks,
      change: describeChange(reasonOnIncident(decision), finding),
      delivered: false,
      newest: decision.action !== "none",
    });
  }
  for (const [id, keeperId] of merged) {
    await sink.noteMerge(id, keeperId);
  }
}

/** Why an incident that exists is changed; what this run did to the record may be another matter. */
function reasonOnIncident({ action, reason }: Decision): string {
  switch (action) {
    case "open":
      return "found again";
    case "none":
      return "delivered late";
    case "update":
      return reason;
  }
}
