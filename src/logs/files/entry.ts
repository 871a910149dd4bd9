import type { RecordReading } from "../../run/inputSeen.ts";

/** A position in the input. */
export interface Place {
  /** The file as the user gave it, or "-" for standard input. */
  readonly source: string;
  /** 1-based line, for containers with one value per line; otherwise null. */
  readonly line: number | null;
  /** 0-based position in an array, in `records` or in `rows`; otherwise null. */
  readonly index: number | null;
}

/**
 * One record with the names and values that detection reads, or the report of one that could not be read. A reason
 * never quotes the record, because sign-in rows are personal data.
 */
export type Entry =
  | {
      readonly kind: "record";
      readonly record: Readonly<Record<string, unknown>>;
      readonly place: Place;
      /** Whether the record is recognisably a sign-in. */
      readonly isSignIn: boolean;
      /** Whether the file has it in exactly this form, without an envelope. */
      readonly isExact: boolean;
      /** The names that its fields had, if requested. */
      readonly reading?: RecordReading;
    }
  | { readonly kind: "bad"; readonly reason: string; readonly place: Place };
