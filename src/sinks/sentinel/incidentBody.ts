import { fingerprint, fingerprintsOf } from "../../detection/incidents/fingerprints.ts";
import { formatTime } from "../../detection/signin/time.ts";
import type { Incident } from "../../run/ports.ts";

/** The properties of a Sentinel incident (api-version 2025-09-01) that this project reads or writes. */
export interface IncidentProperties {
  readonly title: string;
  readonly description?: string;
  readonly severity: string;
  readonly status: string;
  readonly firstActivityTimeUtc?: string;
  readonly lastActivityTimeUtc?: string;
  readonly labels?: readonly { readonly labelName: string }[];
  /** Set by the service: "Microsoft XDR" in a workspace that joined Defender. */
  readonly providerName?: string;
  /** Set by the service. */
  readonly additionalData?: { readonly commentsCount?: number };
}

/** The properties that are updated when a burst grows, in the order of their fingerprints. The title never changes. */
const growing = ["description", "severity", "firstActivityTimeUtc", "lastActivityTimeUtc"] as const;

/** Returns the incident as it is created. */
export function createBody(incident: Incident): IncidentProperties {
  const own = ownProperties(incident);
  return {
    ...own,
    status: "New",
    labels: [...incident.text.labels, markOf(incident, incident.revision)].map(label),
  };
}

/** Returns the names of an incident's labels. */
export function labelsOf({ labels }: Pick<IncidentProperties, "labels">): readonly string[] {
  return labels?.map(({ labelName }) => labelName) ?? [];
}

/** Returns the revision that an incident shows; 0 if unknown. */
export function revisionOf(properties: IncidentProperties): number {
  return readMark(labelsOf(properties)).revision;
}

/** Returns the revision at which an incident was created. It needs no comment about it. 0 if unknown. */
export function createdRevisionOf(properties: IncidentProperties): number {
  return readMark(labelsOf(properties)).created;
}

/** Reports whether our last write said the same, even if it was edited since. */
export function saysTheSame(existing: IncidentProperties, incident: Incident): boolean {
  const { prints } = readMark(labelsOf(existing));
  return fingerprintsOf(incident.text).every((own, index) => prints[index] === own);
}

/**
 * Returns the updated incident. It keeps the status, the title, everything that we do not write, and every property
 * that differs from our last write, because somebody edited it.
 *
 * @returns null if the incident already has this revision or a later one
 */
export function updateBody<T extends IncidentProperties>(
  existing: T,
  incident: Incident,
): T | null {
  const names = labelsOf(existing);
  const written = readMark(names);
  if (written.revision >= incident.revision) {
    return null;
  }
  const own = ownProperties(incident);
  const prints = incident.written?.[written.revision]?.split(":") ?? written.prints;
  const updated: Partial<Record<(typeof growing)[number], string>> = {};
  for (const [index, property] of growing.entries()) {
    if (isHidden(existing, property) || prints[index] === fingerprint(existing[property] ?? "")) {
      updated[property] = own[property];
    }
  }
  const kept = names.filter(
    (name) => !name.startsWith(markPrefix) && !incident.text.labels.includes(name),
  );
  const mark = markOf(incident, written.created);
  return { ...existing, ...updated, labels: [...incident.text.labels, ...kept, mark].map(label) };
}

/** Returns a sentence about the properties that somebody edited, or an empty text. */
export function describeEdits(properties: IncidentProperties, incident: Incident): string {
  const own = ownProperties(incident);
  const kept = growing.filter(
    (property) =>
      !isHidden(properties, property) &&
      fingerprint(properties[property] ?? "") !== fingerprint(own[property]),
  );
  const parts = [
    ...(kept.includes("severity") ? [`severity (${properties.severity})`] : []),
    ...(kept.includes("description") ? ["description"] : []),
  ];
  return parts.length === 0 ? "" : `\nEdited here, so left as it is: ${parts.join(", ")}.`;
}

/**
 * Reports whether the service hides a property: in a workspace that joined Defender, incidents come without their
 * description. That is not an edit, and the emptiness must not be written back.
 */
function isHidden(
  { providerName, description }: IncidentProperties,
  property: (typeof growing)[number],
): boolean {
  return property === "description" && providerName === "Microsoft XDR" && description === "";
}

function ownProperties({ text }: Incident) {
  return {
    title: text.title,
    description: text.description,
    severity: text.severity,
    firstActivityTimeUtc: formatTime(text.firstActivityAt),
    lastActivityTimeUtc: formatTime(text.lastActivityAt),
  };
}

function label(labelName: string): { readonly labelName: string } {
  return { labelName };
}

/**
 * The prefix of the label with the incident's revision and the one at which it was created. A label is written in the
 * same request as the incident. If no state remembers what was written, it also has the fingerprints. Sentinel suggests
 * every label ever used, and there a label that is unique to one incident is of no use.
 */
const markPrefix = "mfa-deny:";

function markOf({ revision, text, written }: Incident, created: number): string {
  const prints = written === undefined ? fingerprintsOf(text) : growing.map(() => "");
  return `${markPrefix}r${revision}:${prints.join(":")}:r${created}`;
}

interface Mark {
  readonly revision: number;
  readonly created: number;
  readonly prints: readonly string[];
}

function readMark(names: readonly string[]): Mark {
  const mark = names.find((name) => name.startsWith(markPrefix));
  const [revision, ...prints] = mark?.slice(markPrefix.length).split(":") ?? [];
  return {
    revision: readRevision(revision),
    created: readRevision(prints[growing.length]),
    prints,
  };
}

/** @returns 0 if the text is not a revision */
function readRevision(text: string | undefined): number {
  return Number(text?.match(/^r(\d+)$/)?.[1] ?? 0);
}
