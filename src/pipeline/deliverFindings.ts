import { analystTasks, describeChange, describeIncident } from "../detection/incident.ts";
import type { RecordsReport } from "./detectRecords.ts";
import type { IncidentSink } from "./ports.ts";

/** Brings every incident of a run up to date in a sink, whether or not this run changed it. */
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
      change: describeChange(decision.reason, finding),
      delivered: false,
    });
  }
  for (const [id, keeperId] of merged) {
    await sink.noteMerge(id, keeperId);
  }
}
