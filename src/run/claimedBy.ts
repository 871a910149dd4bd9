import { fingerprintsOf } from "../detection/incidents/fingerprints.ts";
import type { Detector } from "./detector.ts";
import type { Delivery, Incident, Written } from "./ports.ts";

/** The delivery of a burst that was never sent. */
export const undelivered: Delivery = { sent: {}, claim: null };

/** After a failure, a sink may show its old text or any text that it was sent since. */
const mostSince = 10;

/**
 * Returns the delivery under a claim. What is about to be written is recorded with it, and so before it is written:
 * if a run dies in between, the next one can still distinguish our own text from an edit.
 */
export function claimedBy(
  { sinks }: Pick<Detector, "sinks">,
  claim: NonNullable<Delivery["claim"]>,
  { sent, written = {} }: Delivery,
  incident: Incident | null,
): Delivery {
  const about =
    incident === null ? {} : { [incident.revision]: fingerprintsOf(incident.text).join(":") };
  const complete = Math.min(...sinks.map(({ name }) => sent[name] ?? 0));
  return { sent, claim, written: newest({ ...written, ...about }, complete) };
}

/** Keeps the text that every sink was last sent, and all later ones. */
function newest(written: Written, complete: number): Written {
  const [oldest, ...later] = Object.keys(written)
    .map(Number)
    .filter((revision) => revision >= complete)
    .toSorted((a, b) => a - b);
  const kept = [...(oldest === undefined ? [] : [oldest]), ...later.slice(-mostSince)];
  return Object.fromEntries(kept.map((revision) => [revision, written[revision] ?? ""]));
}
