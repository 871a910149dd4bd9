import type { Account } from "../detection/classify.ts";
import type { Fields } from "../detection/fields.ts";
import type { IncidentText, Task } from "../detection/incident.ts";
import type { RecordedBurst, Subject } from "../detection/record.ts";
import type { Approval, Sighting } from "../detection/sighting.ts";

/** One raw record of a log, or the report of one that could not be read. `P` says where it stands. */
export type LogEntry<P> =
  | { readonly kind: "record"; readonly record: Fields; readonly place: P }
  | { readonly kind: "bad"; readonly reason: string; readonly place: P };

/** What is recorded of one subject. */
export interface Head {
  readonly subject: Subject;
  readonly bursts: readonly RecordedBurst[];
}

/** Remembers bursts, so that each stays one incident. */
export interface StateStore {
  /** An empty head where nothing is recorded. */
  readHead(subject: Subject): Promise<Head>;
  writeHead(head: Head): Promise<void>;
}

/**
 * What earlier files said, for a log that comes in files and cannot be asked again: sightings that a later
 * row may complete, and approvals that may turn out to follow denials.
 */
export interface Ledger {
  sightings(): AsyncIterable<readonly [Account, Sighting]>;
  addSighting(account: Account, sighting: Sighting): void;
  addApproval(account: Account, approval: Approval): void;
  /** Approvals of earlier files and of this run; of the accounts wanted only, so that few are held. */
  approvals(wanted: (account: Account) => boolean): AsyncIterable<readonly [Account, Approval]>;
  /** Makes what was added and recorded durable, all or nothing. */
  commit(): Promise<void>;
}

/** An incident as it should be by now. */
export interface Incident {
  readonly id: string;
  readonly revision: number;
  readonly text: IncidentText;
  readonly tasks: readonly Task[];
  /** For a comment, if the incident exists at an earlier revision. */
  readonly change: string;
  /** Some revision of it was delivered whole before, tasks and all. */
  readonly delivered: boolean;
}

/** Where analysts see incidents. */
export interface IncidentSink {
  readonly name: string;
  /** Creates the incident or brings it up to date; doing it again changes nothing. */
  deliver(incident: Incident): Promise<void>;
  /** Says on an incident that its denials belong to another one's burst; once. */
  noteMerge(id: string, keeperId: string): Promise<void>;
}
