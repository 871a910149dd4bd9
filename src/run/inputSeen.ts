/** What kinds of files the input consists of, for the coverage in a report and for `explain`. */
export interface InputSeen {
  /** Files that were read as sign-in logs, in reading order. */
  readonly files: readonly FileSeen[];
  /** Files of a folder or archive that are something else, in reading order. */
  readonly passedOver: readonly PassedOver[];
  /** Other logs among them, which say what happened around a finding, in reading order. */
  readonly contextFiles: readonly PassedOver[];
  /** Fields for which at least one parsed record had a value. All others were never seen. */
  readonly shown: ReadonlySet<ShownField>;
  /** Fields for which a record had different values under names with the same meaning, and how often. */
  readonly conflicts: ReadonlyMap<string, number>;
  /** MFA steps of requests without a sign-in, as in an authentication details file by itself. */
  readonly unmatchedSteps: number;
}

/** One file with sign-ins, perhaps within an archive. */
export interface FileSeen {
  /** The path as given. An archive counts as a folder: `logs.zip/a.json`. */
  readonly path: string;
  /** Formats of the file, outermost first: `["zip", "gzip", "ndjson"]`. */
  readonly container: readonly Container[];
  /** The dialect of the first sign-in; null if there is none, as in an empty file. */
  readonly dialect: RecordDialect | null;
  /** Includes bad records. */
  readonly rows: number;
  /** Rows that may contain a denial, including those set aside as non-interactive, excluded or unattributable. */
  readonly candidates: number;
  /**
   * The earliest and the latest time (epoch ms) of the parsed rows. If lines were searched, those are the first
   * ones, the last ones and the candidates. Null if no row has a time.
   */
  readonly oldestRow: number | null;
  readonly newestRow: number | null;
}

/** A file without sign-ins. */
export interface PassedOver {
  readonly path: string;
  /** The kind of file, as a noun: "a Unified Audit Log". */
  readonly what: string;
}

export type Container = "gzip" | "zip" | "tar" | "ndjson" | "json" | "csv" | "parquet" | "avro";

/** The writers of records. */
export type RecordDialect =
  "log-analytics" | "diagnostic" | "graph" | "portal" | "elastic" | "defender";

/** Fields that a verdict depends on, in the words of `coverage.fieldsMissing`. */
export type ShownField =
  "resultCode" | "resultText" | "steps" | "user" | "objectId" | "time" | "interactive";

/** How one record was read. */
export interface RecordReading {
  readonly dialect: RecordDialect;
  /** For each field of the record, the name of the property with its value. Nested names are joined by dots. */
  readonly names: ReadonlyMap<string, string>;
  /** Fields with a different value under another name of the same meaning. */
  readonly conflicts: readonly string[];
}

export const nothingSeen: InputSeen = {
  files: [],
  passedOver: [],
  contextFiles: [],
  shown: new Set(),
  conflicts: new Map(),
  unmatchedSteps: 0,
};

/** Records that wait for their counterparts until the next run: steps for sign-ins, and sign-ins for steps. */
export interface PendingJoin {
  readonly steps: readonly (readonly [request: string, steps: readonly unknown[]])[];
  readonly signIns: readonly Readonly<Record<string, unknown>>[];
  /** When each request began to wait (epoch ms), by its id; absent for those kept by an earlier version. */
  readonly since?: Readonly<Record<string, number>>;
}
