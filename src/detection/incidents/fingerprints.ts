import { formatTime, readTime } from "../signin/time.ts";
import { identifyPart } from "./identity.ts";
import type { IncidentText } from "./incident.ts";

/**
 * Returns a fingerprint of each part of an incident's text that changes while a burst grows: description, severity,
 * first and last activity, in this order. What differs from its fingerprint was edited by somebody.
 */
export function fingerprintsOf(text: IncidentText): readonly string[] {
  const { description, severity, firstActivityAt, lastActivityAt } = text;
  return [description, severity, formatTime(firstActivityAt), formatTime(lastActivityAt)].map(
    fingerprint,
  );
}

/** Compares times by value, because services may return them with different digits. */
export function fingerprint(value: string): string {
  return identifyPart(namespace, String(readTime(value) ?? value)).slice(0, 8);
}

const namespace = "2f6b1d7e-3a64-4f43-8f0c-64a1a3bb3a52";
