import type { Account, AccountId, RowAccount } from "../detection/signin/account.ts";
import type { ClassifyOptions } from "../detection/signin/classify.ts";
import type { Binding } from "../detection/prompts/accounts.ts";
import type { Fields } from "../detection/signin/fields.ts";
import type { Task } from "../detection/incidents/analystTasks.ts";
import type { IncidentText } from "../detection/incidents/incident.ts";
import type { Reason } from "../detection/decisions/decision.ts";
import type { Evidence, Facts } from "../detection/decisions/finding.ts";
import type { RecordedBurst, Subject } from "../detection/decisions/record.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Approval, Sighting } from "../detection/signin/sighting.ts";
import type { Counts } from "./counts.ts";
import type { CoverageHistory } from "./coverageHistory.ts";
import type { CoverageTally } from "./coverageTally.ts";
import type { LogSeen, SendFailure, Vitals } from "./vitals.ts";
import type { InputSeen, RecordReading } from "./inputSeen.ts";

/** One raw record of a log, or the report of one that could not be read. `P` says where it stands. */
export type LogEntry<P> =
  | {
      readonly kind: "record";
      readonly record: Fields;
      readonly place: P;
      /** Under which names its fields stood; only where the reader was asked for it. */
      readonly reading?: RecordReading;
    }
  | { readonly kind: "bad"; readonly reason: string; readonly place: P };

/** What some rows of a log say. `P` tells where a row stands. */
export interface Extract<P> {
  readonly counts: Counts;
  /** Records that cannot be used. */
  readonly bad: readonly { readonly reason: string; readonly place: P }[];
  readonly sightings: readonly (readonly [RowAccount, Sighting])[];
  readonly approvals: readonly (readonly [RowAccount, Approval])[];
  readonly tally: CoverageTally;
}

/** A record of a file, and what it is of. */
export interface RelatedRecord {
  readonly kind: "signIn" | "audit" | "office" | "risk";
  readonly record: Fields;
}

/** A log that comes as files. */
export interface SignInFiles<P> {
  /** What its rows say, in the order in which they stand. */
  read(options: ClassifyOptions): AsyncIterable<Extract<P>>;
  /** Approvals of some accounts, and perhaps of others, that were left aside while it was read. */
  approvals(accounts: readonly Account[]): AsyncIterable<readonly [RowAccount, Approval]>;
  /** All records once more, those of other logs beside too: for the context of findings. */
  related?(): AsyncIterable<RelatedRecord>;
  /** What the files turned out to be; complete once `read` has ended. */
  seen(): InputSeen;
}

/** Half-open, epoch milliseconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is recorded of one subject. */
export interface SubjectRecord {
  readonly subject: Subject;
  readonly bursts: readonly RecordedBurst[];
  /** How far each burst was sent, by its id; none for one that never was. */
  readonly deliveries: Readonly<Record<string, Delivery>>;
  /** Of the stored rows that this was read from; null where there were none. */
  readonly version: string | null;
  /** What was recorded of the same account under other names, as it was read. Gone with the next write. */
  readonly takenIn?: readonly Pick<SubjectRecord, "subject" | "version">[];
  /** For the store's own use: whose the subject's names were when this was read. */
  readonly aliasRows?: readonly AliasRow[];
  /** For the store's own use: what it keeps elsewhere, and until when that reaches. */
  readonly archived?: Readonly<Record<string, string>>;
  readonly archivedTo?: number | null;
}

/** What is recorded of an account that may be another one's. */
export interface AliasRow {
  readonly alias: AccountId;
  /** Null where nobody knows better. */
  readonly owner: AccountId | null;
  /** Something was recorded under the alias itself. */
  readonly hasRecords: boolean;
  /** Null where there is no such row. */
  readonly version: string | null;
  /** When the last burst ended that was recorded with it. */
  readonly lastAt: number;
}

export interface Delivery {
  /** The last revision that each sink has settled. */
  readonly sent: Readonly<Record<string, number>>;
  /** Who is sending, and until when nobody else may. */
  readonly claim: { readonly owner: string; readonly until: number } | null;
}

/** Something still to be done about one burst; one row each, dropped when nothing is left. */
export interface DueItem {
  readonly subject: Subject;
  readonly burstId: string;
  /** Oldest first; later after a failure. */
  readonly dueAt: number;
  readonly attempts: number;
  /** What a backfill found waits behind what happens now. */
  readonly lane: "live" | "backfill";
  /** To be sent at this revision. */
  readonly incident: Incident | null;
  /** The incident it was merged into, to be noted on it. */
  readonly mergedInto: string | null;
  /** Approvals of this user that are published until then are looked for. */
  readonly watch: Watch | null;
  /** Why it could not be sent, while it cannot. */
  readonly failure?: SendFailure;
}

export interface Watch {
  /** First and last denial. */
  readonly from: number;
  readonly to: number;
  readonly until: number;
  /** What happens next to the account is looked for as well; absent if context is off. */
  readonly followUp?: FollowUp;
}

export interface FollowUp {
  /** The account's object id and principal name, as far as they are known, in lower case. */
  readonly names: readonly string[];
  /** Until then every run tries again to look up a context that it could not have; null if it has it. */
  readonly retryUntil: number | null;
}

/** How far the runs of a workspace have come. */
export interface Progress {
  /** The watermark: everything published before it was read whole. Never goes back. */
  readonly publishedTo: number;
  readonly lastRunAt: number;
  readonly lastSuccessAt: number | null;
  readonly lastError: string | null;
  /** Incidents waiting to be sent after the last run. */
  readonly pending: number;
  /** What the runs of the last days could see; `readHistory` takes what an earlier version stored. */
  readonly coverage?: CoverageHistory;
  /** The watermark at which each rule came into use; absent in a state of earlier versions. */
  readonly ruleStarts?: Readonly<Record<string, number>>;
  /** The audit logs were read for what followed up to here; absent if they never were. */
  readonly followedTo?: number;
  /** For health; absent in what earlier versions wrote. */
  readonly vitals?: Vitals;
}

/** What a run begins with. */
export interface StartState {
  readonly progress: Progress | null;
  /** Oldest first. */
  readonly due: readonly DueItem[];
}

/** Changes that are stored together or not at all. */
export interface StateChange {
  /** Stored if nobody wrote since it was read. */
  readonly head?: SubjectRecord;
  readonly put?: readonly DueItem[];
  readonly drop?: readonly DueItem[];
}

/** Remembers bursts, so that each stays one incident, and what is still to be done about them. */
export interface StateStore {
  open(): Promise<StartState>;
  readProgress(): Promise<Progress | null>;
  /** The accounts that these turned out to be, by `accountKey`; none for one that is nobody else's. */
  readOwners(aliases: readonly AccountId[]): Promise<ReadonlyMap<string, AccountId>>;
  /**
   * What is recorded of an account, also under its aliases; of the owner where it turned out to be somebody else's.
   * An empty head where nothing is recorded.
   *
   * @param from bursts that ended before may be missing
   */
  readHead(subject: Subject, from: number): Promise<SubjectRecord>;
  /**
   * @returns the head as it is stored now (null when the change has none), or "conflict" when somebody
   *   else wrote it since it was read: read again, the log too, and judge again
   */
  write(change: StateChange): Promise<SubjectRecord | null | "conflict">;
  /** Keeps the later watermark, whoever wrote it. */
  saveProgress(progress: Progress): Promise<void>;
  /** Forgets bursts whose last denial is before `before`. @returns how many */
  prune(before: number): Promise<number>;
}

/** Who is who, as a ledger keeps it. */
export interface RecordedBindings {
  readonly names: readonly Binding[];
  readonly unnamedTenant: string | null;
}

/**
 * What earlier files said, for a log that comes in files and cannot be asked again: sightings that a later
 * row may complete, and approvals that may turn out to follow denials.
 */
export interface Ledger {
  /** Names that an earlier run joined to an id, and the tenant to which it counted rows without one. */
  bindings(): RecordedBindings;
  bind(bindings: RecordedBindings): void;
  sightings(): AsyncIterable<readonly [RowAccount, Sighting]>;
  /** Made as they are read: who keeps none need not read them. */
  addSightings(sightings: Iterable<readonly [RowAccount, Sighting]>): void;
  addApproval(account: RowAccount, approval: Approval): void;
  /** Approvals of earlier files and of this run; of the accounts wanted only, so that few are held. */
  approvals(
    wanted: (account: RowAccount) => boolean,
  ): AsyncIterable<readonly [RowAccount, Approval]>;
  /** Makes what was added and recorded durable, all or nothing. */
  commit(): Promise<void>;
}

/** What is counted and named of a finding. */
interface IncidentSummary {
  readonly rule: Pick<Rule, "id" | "name" | "techniques">;
  readonly subject: Subject;
  readonly reason: Reason;
  readonly facts: Facts;
  readonly evidence: Evidence;
  /** The revision since which it has its severity. */
  readonly severitySince: number;
}

/** An incident as it should be by now. */
export interface Incident {
  readonly id: string;
  readonly revision: number;
  readonly text: IncidentText;
  readonly tasks: readonly Task[];
  /** For a comment, if the incident exists at an earlier revision; empty if nobody could act on it. */
  readonly change: string;
  /** For sinks that take columns instead of prose. */
  readonly summary: IncidentSummary;
  /** The last revision that the sink has settled, tasks and all; 0 before the first. */
  readonly sentRevision: number;
  /**
   * It was judged just now and nobody else writes, so that nothing newer can be there: a higher revision on
   * the incident only means that what was recorded got lost, or that nothing ever was.
   */
  readonly newest?: boolean;
}

/** Where analysts see incidents. */
export interface IncidentSink {
  readonly name: string;
  /** Creates the incident or brings it up to date; doing it again changes nothing. */
  deliver(incident: Incident): Promise<void>;
  /** Says on an incident that its denials belong to another one's burst; once. */
  noteMerge(id: string, keeperId: string): Promise<void>;
}

/** What of the log is asked for. */
export interface LogQuery {
  /** By which time: when a row was stored, or its `TimeGenerated`. */
  readonly by: "published" | "generated";
  readonly range: Range;
  /** Only these (lower-case principal names or ids); null: everybody. */
  readonly users: readonly string[] | null;
  /** Only the rows whose name and id hash to `index` of `count`. One user's may lie in several parts. */
  readonly shard: { readonly index: number; readonly count: number } | null;
}

/** A partial answer is none: what it holds is not used. */
export type LogAnswer =
  | {
      readonly kind: "whole";
      readonly rows: readonly Fields[];
      /** The service's own clock when it answered. */
      readonly servedAt: number;
      /** All rows of the range, for a query about everybody. */
      readonly seen?: LogSeen;
    }
  | { readonly kind: "partial"; readonly reason: string };

/** A log service that can be asked again. Both may give more rows than asked for, never fewer. */
export interface SignInSource {
  /** Rows that may hold a denial. */
  candidates(query: LogQuery, signal: AbortSignal): Promise<LogAnswer>;
  /** Rows that may hold a fresh approval. */
  approvals(query: LogQuery, signal: AbortSignal): Promise<LogAnswer>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

/** Structured log of a run; never a row, a token or a text from the log. */
export interface Log {
  info(event: string, fields: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields: Readonly<Record<string, unknown>>): void;
  error(event: string, fields: Readonly<Record<string, unknown>>): void;
}
