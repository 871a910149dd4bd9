import type { AccountId, RowAccount } from "../detection/signin/account.ts";
import type { Binding } from "../detection/prompts/accounts.ts";
import type { Fields } from "../detection/signin/fields.ts";
import type { Task } from "../detection/incidents/analystTasks.ts";
import type { ContextFacts } from "../detection/incidents/contextFacts.ts";
import type { IncidentText } from "../detection/incidents/incident.ts";
import type { Reason } from "../detection/decisions/decision.ts";
import type { Evidence, Facts } from "../detection/decisions/finding.ts";
import type { RecordedBurst, Subject } from "../detection/decisions/record.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Approval, Sighting } from "../detection/signin/sighting.ts";
import type { CoverageHistory } from "./coverageHistory.ts";
import type { LogSeen, SendFailure, Vitals } from "./vitals.ts";

/** A half-open range, in epoch milliseconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is recorded about one subject. */
export interface SubjectRecord {
  readonly subject: Subject;
  readonly bursts: readonly RecordedBurst[];
  /** How far each burst was sent, by its id. Bursts that were never sent are absent. */
  readonly deliveries: Readonly<Record<string, Delivery>>;
  /** The version of the stored rows that this was read from; null if there were none. */
  readonly version: string | null;
  /** What was recorded about the same account under other names when this was read. The next write removes it. */
  readonly takenIn?: readonly Pick<SubjectRecord, "subject" | "version">[];
  /** For the store's own use: the owners of the subject's names when this was read. */
  readonly aliasRows?: readonly AliasRow[];
  /** For the store's own use: parts that are stored elsewhere, and the time up to which they reach. */
  readonly archived?: Readonly<Record<string, string>>;
  readonly archivedTo?: number | null;
}

/** A record of an account that may turn out to be a different one. */
export interface AliasRow {
  readonly alias: AccountId;
  /** Null if unknown. */
  readonly owner: AccountId | null;
  /** Whether anything was recorded under the alias itself. */
  readonly hasRecords: boolean;
  /** Null if the row does not exist. */
  readonly version: string | null;
  /** When the last burst recorded with it ended (epoch ms). */
  readonly lastAt: number;
}

export interface Delivery {
  /** The last revision that each sink has completed. */
  readonly sent: Readonly<Record<string, number>>;
  /** Who is sending, and until when nobody else may (epoch ms). */
  readonly claim: { readonly owner: string; readonly until: number } | null;
  /**
   * Fingerprints of the text at each revision that an incident may show, by revision. Absent in the state of earlier
   * versions, which kept them on the incident.
   */
  readonly written?: Written;
}

/** Revision → fingerprints, joined by colons. */
export type Written = Readonly<Record<string, string>>;

/** Something left to do about one burst. There is one row per burst, dropped when nothing is left. */
export interface DueItem {
  readonly subject: Subject;
  readonly burstId: string;
  /** Items are sent oldest first. A failure moves the item to a later time. */
  readonly dueAt: number;
  readonly attempts: number;
  /** Findings of a backfill wait behind current ones. */
  readonly lane: "live" | "backfill";
  /** The incident to send, at this revision. */
  readonly incident: Incident | null;
  /** The id of the incident it was merged into. The merge must be noted on this incident. */
  readonly mergedInto: string | null;
  /** Approvals of this user are looked for until the watch ends. */
  readonly watch: Watch | null;
  /** Why the last attempt to send it failed. */
  readonly failure?: SendFailure;
}

export interface Watch {
  /** Times of the first and last denial (epoch ms). */
  readonly from: number;
  readonly to: number;
  readonly until: number;
  /** Whether to look for what happens next to the account; absent if context is off. */
  readonly followUp?: FollowUp;
}

export interface FollowUp {
  /** The account's object id and principal name, as far as known, in lower case. */
  readonly names: readonly string[];
  /** Until this time (epoch ms), every run tries again to look up a missing context. Null if it is complete. */
  readonly retryUntil: number | null;
}

/** How far the runs of a workspace have come. */
export interface Progress {
  /** The watermark (epoch ms): all rows ingested before it have been read. It never goes back. */
  readonly publishedTo: number;
  readonly lastRunAt: number;
  readonly lastSuccessAt: number | null;
  readonly lastError: string | null;
  /** The number of incidents waiting to be sent after the last run. */
  readonly pending: number;
  /** What the runs of the last days could see. Read it with `readHistory`, which accepts earlier versions. */
  readonly coverage?: CoverageHistory;
  /** The watermark at which each rule came into use; absent in the state of earlier versions. */
  readonly ruleStarts?: Readonly<Record<string, number>>;
  /** How far the audit logs were read for what followed (epoch ms); absent if never. */
  readonly followedTo?: number;
  /** How far the daily second look has come (epoch ms); absent before the first. It never goes back. */
  readonly lookedAgainTo?: number;
  /** For health; absent in the state of earlier versions. */
  readonly vitals?: Vitals;
}

/** The state at the start of a run. */
export interface StartState {
  readonly progress: Progress | null;
  /** Oldest first. */
  readonly due: readonly DueItem[];
}

/** The accounts that had records in the state at one moment. */
export interface RecordIndex {
  /** Returns an empty record if nothing was recorded about a subject or its aliases; null if something may be. */
  emptyHead(subject: Subject): SubjectRecord | null;
  /** Reports whether an alias may belong to another account. */
  mayHaveOwner(alias: AccountId): boolean;
}

/** Changes that are stored together or not at all. */
export interface StateChange {
  /** Stored only if nobody wrote it since it was read. */
  readonly head?: SubjectRecord;
  readonly put?: readonly DueItem[];
  readonly drop?: readonly DueItem[];
}

/** Remembers bursts, so that each stays one incident, and what is still to be done about them. */
export interface StateStore {
  open(): Promise<StartState>;
  readProgress(): Promise<Progress | null>;
  /**
   * Reads which accounts have records. Writing an empty record from it reports a conflict if somebody else recorded
   * something in the meantime.
   *
   * @param most maximum number of requests; returns null if there are too many records for it
   */
  readIndex(most: number): Promise<RecordIndex | null>;
  /**
   * Returns the accounts that the aliases turned out to be, by `accountKey`. Aliases without another owner are
   * absent.
   */
  readOwners(aliases: readonly AccountId[]): Promise<ReadonlyMap<string, AccountId>>;
  /**
   * Reads what is recorded about an account, including under its aliases. For an account that turned out to be
   * another one, reads that of the owner. Returns an empty record if nothing is recorded.
   *
   * @param from bursts that ended before this time (epoch ms) may be missing
   */
  readHead(subject: Subject, from: number): Promise<SubjectRecord>;
  /**
   * @returns the record as stored now (null if the change has none), or "conflict" if somebody else wrote it since it
   *   was read; the caller then reads it and the log again, and judges again
   */
  write(change: StateChange): Promise<SubjectRecord | null | "conflict">;
  /** Stores the progress. The later watermark wins, whoever wrote it. */
  saveProgress(progress: Progress): Promise<void>;
  /** Stores how far the daily second look has come. The progress of runs must already be stored. */
  saveLookedAgain(to: number): Promise<void>;
  /** Forgets bursts whose last denial is before `before` (epoch ms). @returns the number of bursts forgotten */
  prune(before: number): Promise<number>;
}

/** The matched names of accounts, as a ledger stores them. */
export interface RecordedBindings {
  readonly names: readonly Binding[];
  readonly unnamedTenant: string | null;
}

/**
 * What earlier files said, for a log in files, which cannot be queried again. It has sightings that a later row may
 * complete, and approvals that may turn out to follow denials.
 */
export interface Ledger {
  /** Names that an earlier run matched to an id, and the tenant it assumed for rows without one. */
  bindings(): RecordedBindings;
  bind(bindings: RecordedBindings): void;
  sightings(): AsyncIterable<readonly [RowAccount, Sighting]>;
  /** Adds sightings. They are created lazily, so a ledger that stores none need not iterate. */
  addSightings(sightings: Iterable<readonly [RowAccount, Sighting]>): void;
  addApproval(account: RowAccount, approval: Approval): void;
  /** Approvals from earlier files and this run, of the wanted accounts only, so that few are in memory. */
  approvals(
    wanted: (account: RowAccount) => boolean,
  ): AsyncIterable<readonly [RowAccount, Approval]>;
  /** Makes everything added and recorded durable, all or nothing. */
  commit(): Promise<void>;
}

/** The figures and values of a finding. */
interface IncidentSummary {
  readonly rule: Pick<Rule, "id" | "name" | "techniques">;
  readonly subject: Subject;
  readonly reason: Reason;
  readonly facts: Facts;
  readonly evidence: Evidence;
  /** The row of the approval that counts; absent in a state of earlier versions. */
  readonly approvedBy?: Approval | null;
  /** Null if nothing was looked up; absent in a state of earlier versions. */
  readonly context?: ContextFacts | null;
  /** The revision in which it got its severity. */
  readonly severitySince: number;
}

/** What an incident said before it changed. */
export type ChangeBase = Pick<RecordedBurst, "facts" | "told">;

/** An incident as it should be now. */
export interface Incident {
  readonly id: string;
  readonly revision: number;
  readonly text: IncidentText;
  readonly tasks: readonly Task[];
  /** The text of a comment, if the incident exists at an earlier revision. Empty if the change needs no action. */
  readonly change: string;
  /** For sinks that take columns instead of prose. */
  /** What `change` was described against; absent for a new incident and in what earlier versions stored. */
  readonly since?: ChangeBase;
  readonly summary: IncidentSummary;
  /** The last revision that the sink has completed, including tasks; 0 before the first. */
  readonly sentRevision: number;
  /** What the state knows of earlier writes; absent if there is no state, so the sink has to remember by itself. */
  readonly written?: Written;
  /**
   * Whether this is certainly the newest version, because it was judged just now and there is no other writer. A
   * higher revision on the incident then only means that the record was lost or never existed.
   */
  readonly newest?: boolean;
}

/** A place where analysts see incidents. */
export interface IncidentSink {
  readonly name: string;
  /** Creates the incident or brings it up to date. Idempotent. */
  deliver(incident: Incident): Promise<void>;
  /** Notes on an incident, once, that its denials belong to the burst of another one. */
  noteMerge(id: string, keeperId: string): Promise<void>;
}

/** A query to the log. */
export interface LogQuery {
  /** Which time the range refers to: the ingestion time, or `TimeGenerated`. */
  readonly by: "ingested" | "generated";
  readonly range: Range;
  /** Only these users (lower-case principal names or ids); null: everybody. */
  readonly users: readonly string[] | null;
  /** Only rows whose name and id hash to `index` of `count`. The rows of one user may be in several shards. */
  readonly shard: { readonly index: number; readonly count: number } | null;
}

/** The rows of a partial answer are not used. */
export type LogAnswer =
  | {
      readonly kind: "whole";
      readonly rows: readonly Fields[];
      /** The service's own clock when it answered (epoch ms). */
      readonly servedAt: number;
      /** Describes all rows of the range, for a query about everybody. */
      readonly seen?: LogSeen;
    }
  | { readonly kind: "partial"; readonly reason: string };

/** A log service that can be queried again. Both methods may return more rows than asked for, never fewer. */
export interface SignInSource {
  /** The number of rows that a whole answer can have; absent if it is not limited. */
  readonly pageRows?: number;
  /** Returns rows that may contain a denial. */
  candidates(query: LogQuery, signal: AbortSignal): Promise<LogAnswer>;
  /** Returns rows that may contain a fresh approval. */
  approvals(query: LogQuery, signal: AbortSignal): Promise<LogAnswer>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

/** The structured log of a run. Callers never log a row, a token or a text from the log. */
export interface Log {
  info(event: string, fields: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields: Readonly<Record<string, unknown>>): void;
  error(event: string, fields: Readonly<Record<string, unknown>>): void;
}
