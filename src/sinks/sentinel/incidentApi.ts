import { describeMerge } from "../../detection/incidents/change.ts";
import { fitDescription } from "../../detection/incidents/incident.ts";
import { identifyPart } from "../../detection/incidents/identity.ts";
import {
  createBody,
  createdRevisionOf,
  describeEdits,
  labelsOf,
  revisionOf,
  saysTheSame,
  updateBody,
  type IncidentProperties,
} from "./incidentBody.ts";
import type { Incident, IncidentSink } from "../../run/ports.ts";
import { UpstreamError } from "../../run/upstreamError.ts";

/** An incident as stored by a service. */
export interface StoredIncident {
  readonly properties: IncidentProperties;
  /** Identifies this state of the incident; null if the service has no etags. */
  readonly etag: string | null;
}

/** A task of an incident in the service's format. */
export interface TaskProperties {
  readonly title: string;
  readonly description: string;
  readonly status: string;
}

/** A service that stores incidents the way Microsoft Sentinel does. */
export interface IncidentApi {
  /** Returns null if the incident does not exist. */
  get(id: string): Promise<StoredIncident | null>;
  /** @returns false if the incident's state is not that of `etag` (null: does not exist) */
  put(id: string, properties: IncidentProperties, etag: string | null): Promise<boolean>;
  /** Writes a comment, or overwrites it. */
  putComment(id: string, commentId: string, message: string): Promise<void>;
  taskIds(id: string): Promise<ReadonlySet<string>>;
  putTask(id: string, taskId: string, task: TaskProperties): Promise<void>;
}

/** How often a change is retried because somebody else changed the incident in between. */
const attempts = 5;

/** Microsoft Sentinel's limit, including analysts' own comments. */
const mostComments = 100;
const mostTasks = 40;

/**
 * The number of changes with a comment each. Later changes share the last one, so that analysts can still add
 * theirs.
 */
const mostChangeComments = 50;

/**
 * A sink that keeps incidents in a service up to date. Every write can be repeated after a crash at any point
 * without duplicates, because ids of comments and tasks are derived and a change contains its revision.
 */
export function incidentApiSink(name: string, api: IncidentApi): IncidentSink {
  return {
    name,

    async deliver(incident) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const stored = await api.get(incident.id);
        if (await write(api, stored, incident)) {
          return;
        }
      }
      throw new Error(`incident ${incident.id} was changed by others ${attempts} times in a row`);
    },

    async noteMerge(id, keeperId) {
      const stored = await api.get(id);
      if (stored !== null) {
        const commentId = identifyPart(id, `merged into ${keeperId}`);
        await comment(api, stored, id, commentId, describeMerge(keeperId));
      }
    },
  };
}

/** @returns false if somebody else was faster */
async function write(
  api: IncidentApi,
  stored: StoredIncident | null,
  judged: Incident,
): Promise<boolean> {
  if (stored === null) {
    const created = await api.put(judged.id, createBody(judged), null);
    if (created) {
      await addTasks(api, judged, new Set());
    }
    return created;
  }
  const incident = after(stored, judged);
  if (stored.properties.status === "Closed") {
    return writeClosed(api, stored, incident);
  }
  if (incident.sentRevision === 0) {
    await addTasks(api, incident, await api.taskIds(incident.id));
  }
  const properties = updateBody(stored.properties, incident);
  if (properties !== null && !(await api.put(incident.id, properties, stored.etag))) {
    return false;
  }
  // A comment changes the incident's etag, so it comes last. If the incident already has this revision, an earlier
  // attempt may have crashed in between. That cannot be if a single process writes everything at once.
  const shown = revisionOf(properties ?? stored.properties);
  const mayBeMissing =
    incident.change !== "" && (properties !== null || incident.newest === undefined);
  if (mayBeMissing && shown === incident.revision && shown > createdRevisionOf(stored.properties)) {
    const edits = describeEdits(properties ?? stored.properties, incident);
    await comment(api, stored, incident.id, ...changeComment(incident, edits));
  }
  return true;
}

/** The first change is revision 2. */
function changeComment({ id, revision, change }: Incident, edits: string): [string, string] {
  if (revision <= mostChangeComments) {
    return [identifyPart(id, `revision ${revision}`), `${change}${edits}`];
  }
  const note = `\n(Change ${revision - 1} of this incident; from the ${mostChangeComments}th on, each replaces the one before.)`;
  return [identifyPart(id, "later revisions"), `${change}${edits}${note}`];
}

/**
 * Writes a comment, unless the incident is full. A full incident accepts no new comments and perhaps no overwrites.
 * This is not retried, because its text, labels and severity show the same.
 */
async function comment(
  api: IncidentApi,
  { properties }: StoredIncident,
  id: string,
  commentId: string,
  message: string,
): Promise<void> {
  const isFull = (properties.additionalData?.commentsCount ?? 0) >= mostComments;
  try {
    await api.putComment(id, commentId, message);
  } catch (error) {
    if (!isFull || !(error instanceof UpstreamError) || error.retryable) {
      throw error;
    }
  }
}

/** Gives the newest judgement the revision after the incident's own, if it says anything different. */
function after({ properties }: StoredIncident, incident: Incident): Incident {
  const shown = revisionOf(properties);
  return incident.newest === true &&
    shown >= incident.revision &&
    !saysTheSame(properties, incident)
    ? { ...incident, revision: shown + 1 }
    : incident;
}

async function addTasks(
  api: IncidentApi,
  incident: Incident,
  present: ReadonlySet<string>,
): Promise<void> {
  const missing = incident.tasks
    .map((task, index) => ({ task, taskId: identifyPart(incident.id, `task ${index + 1}`) }))
    .filter(({ taskId }) => !present.has(taskId));
  for (const { task, taskId } of missing.slice(0, Math.max(0, mostTasks - present.size))) {
    await api.putTask(incident.id, taskId, { ...task, status: "New" });
  }
}

/** Labels that justify a new incident if they appear after closing, because nobody reads closed ones. */
const alarming = ["approved-after", "fraud-reported"];

async function writeClosed(
  api: IncidentApi,
  closed: StoredIncident,
  incident: Incident,
): Promise<boolean> {
  const { properties } = closed;
  if (revisionOf(properties) >= incident.revision) {
    return true;
  }
  const growth = identifyPart(incident.id, "growth after closing");
  await comment(api, closed, incident.id, growth, growthAfterClosing(incident));
  const known = new Set(labelsOf(properties));
  const isNews = incident.text.labels.some((name) => alarming.includes(name) && !known.has(name));
  const further = isNews ? afterClosing(incident) : null;
  if (further === null) {
    return true;
  }
  const stored = await api.get(further.id);
  return stored?.properties.status === "Closed" ? true : write(api, stored, further);
}

/** Describes the current state, not the reason for it, so that repeating the write gives the same text. */
function growthAfterClosing({ text, revision }: Incident): string {
  const [summary] = text.description.split("\n\n");
  return `More came to light after this incident was closed.\n${summary}\n(revision ${revision})`;
}

function afterClosing(incident: Incident): Incident {
  // The state remembers what the closed incident says, not what this one does.
  const { written: _, ...unwritten } = incident;
  const { text } = incident;
  return {
    ...unwritten,
    id: identifyPart(incident.id, "after closing"),
    // It is not recorded how far this one was delivered.
    sentRevision: 0,
    text: {
      ...text,
      title: `After closing: ${text.title}`,
      description: fitDescription(
        `Incident ${incident.id} was closed; an approval or a fraud report came to light afterwards.\n\n${text.description}`,
      ),
      labels: [...text.labels, "approved-after-close"],
    },
  };
}
