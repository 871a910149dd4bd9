/** What the input turned out to be, file by file: for the coverage of a report and for `explain`. */
export interface InputSeen {
  /** Files that were read as sign-in logs, in the order in which they were read. */
  readonly files: readonly FileSeen[];
  /** Files of a folder or an archive that are something else, in the same order. */
  readonly passedOver: readonly PassedOver[];
  /** Fields that at least one parsed record had a value for. What is missing here was never shown. */
  readonly shown: ReadonlySet<ShownField>;
  /** Fields for which a record had two different values under names that mean the same, with how often. */
  readonly conflicts: ReadonlyMap<string, number>;
  /** MFA steps of requests that no sign-in was read for: an authentication details file by itself. */
  readonly unmatchedSteps: number;
}

/** One file, or one file within an archive, that holds sign-ins. */
export interface FileSeen {
  /** As it was given; within an archive as if that were a folder: `logs.zip/a.json`. */
  readonly path: string;
  /** How its bytes are laid out, the outermost first: `["zip", "gzip", "ndjson"]`. */
  readonly container: readonly Container[];
  /** Who writes records like its first sign-in; null where there is none, as in an empty file. */
  readonly dialect: RecordDialect | null;
  /** Bad records included. */
  readonly rows: number;
  /** Rows that may hold a denial, those set aside as non-interactive, excluded or unattributable included. */
  readonly candidates: number;
  /**
   * The earliest and the latest time (epoch ms) of its parsed rows: all of them, or where lines were searched, the
   * first ones, the last ones and the candidates. Null where no row has a time.
   */
  readonly oldestRow: number | null;
  readonly newestRow: number | null;
}

export interface PassedOver {
  readonly path: string;
  /** What the file is, as a noun: "a Unified Audit Log", "JSON that is no sign-in log". */
  readonly what: string;
}

export type Container = "gzip" | "zip" | "tar" | "ndjson" | "json" | "csv" | "parquet" | "avro";

/** Who writes records like this one. */
export type RecordDialect =
  "log-analytics" | "diagnostic" | "graph" | "portal" | "elastic" | "defender";

/** What a verdict asks for, in the words of `coverage.fieldsMissing`. */
export type ShownField =
  "resultCode" | "resultText" | "steps" | "user" | "objectId" | "time" | "interactive";

/** How one record was read. */
export interface RecordReading {
  readonly dialect: RecordDialect;
  /** For each field that the record has: the name that its value stands under, nested names joined by dots. */
  readonly names: ReadonlyMap<string, string>;
  /** Fields whose value also stands, differently, under another name of the same meaning. */
  readonly conflicts: readonly string[];
}

export const nothingSeen: InputSeen = {
  files: [],
  passedOver: [],
  shown: new Set(),
  conflicts: new Map(),
  unmatchedSteps: 0,
};

/** What waits for its counterpart, from one run to the next: steps for their sign-in, and sign-ins for their steps. */
export interface PendingJoin {
  readonly steps: readonly (readonly [request: string, steps: readonly unknown[]])[];
  readonly signIns: readonly Readonly<Record<string, unknown>>[];
}
