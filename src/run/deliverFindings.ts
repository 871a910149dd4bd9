import { describeChange, lateReason } from "../detection/incidents/change.ts";
import { incidentOf } from "./incidentOf.ts";
import type { RecordsReport } from "./detectRecords.ts";
import type { IncidentSink } from "./ports.ts";

/**
 * Brings every incident of a run up to date in a sink, whether or not this run changed it. No other process may
 * write to the sink at the same time.
 */
export async function deliverFindings(
  sink: IncidentSink,
  { findings, merged }: Pick<RecordsReport, "findings" | "merged">,
): Promise<void> {
  for (const { subject, decision, finding } of findings) {
    const incident = incidentOf(subject, decision, finding);
    const late = lateReason(decision);
    await sink.deliver({
      ...incident,
      change: late === null ? incident.change : describeChange(late, null, finding),
      newest: decision.action !== "none",
    });
  }
  for (const [id, keeperId] of merged) {
    await sink.noteMerge(id, keeperId);
  }
}
