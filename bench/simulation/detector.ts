import { presets } from "../../src/detection/rules/presets.ts";
import type { Detector } from "../../src/run/detector.ts";
import type { StateStore } from "../../src/run/ports.ts";
import type { VirtualTime } from "./virtualTime.ts";

const minute = 60_000;
const day = 1_440 * minute;

/** The time to write an incident: a few requests to Resource Manager. */
const incidentMs = 600;

/** A detector with the default settings, context included. */
export function simulatedDetector(
  time: VirtualTime,
  log: Pick<Detector, "source" | "context">,
  store: StateStore,
): Detector {
  const send = () => time.sleep(incidentMs);
  return {
    workspaceId: "00000000-0000-0000-0000-0000000000aa",
    rules: presets.filter(({ mode }) => mode === "on"),
    source: log.source,
    context: log.context ?? null,
    store,
    sinks: [{ name: "simulated", deliver: send, noteMerge: send }],
    clock: time,
    log: { info() {}, warn() {}, error() {} },
    ingestionSafetyMs: 2 * minute,
    initialLookbackMs: 60 * minute,
    approvalLatenessMs: 2 * day,
    retentionMs: 180 * day,
    maxIncidentsPerRun: 50,
  };
}
