import type { RecordReading } from "../../run/inputSeen.ts";

/** Where in the input something was found. */
export interface Place {
  /** The file as the user gave it, or "-" for standard input. */
  readonly source: string;
  /** 1-based line, for containers with one value a line; otherwise null. */
  readonly line: number | null;
  /** 0-based position among the elements of an array, of `records` or of `rows`; otherwise null. */
  readonly index: number | null;
}

/**
 * One record in the names and values that detection reads, or the report of one that could not be read.
 * A reason never quotes the record: sign-in rows are personal data.
 */
export type Entry =
  | {
      readonly kind: "record";
      readonly record: Readonly<Record<string, unknown>>;
      readonly place: Place;
      /** It shows that it is one of a sign-in. */
      readonly isSignIn: boolean;
      /** It stood there as detection reads it, without an envelope. */
      readonly isExact: boolean;
      /** Under which names its fields stood, where that was asked for. */
      readonly reading?: RecordReading;
    }
  | { readonly kind: "bad"; readonly reason: string; readonly place: Place };
