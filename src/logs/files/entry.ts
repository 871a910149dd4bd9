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
 * One raw record, or the report of one that could not be read.
 * A reason never quotes the record: sign-in rows are personal data.
 */
export type Entry =
  | {
      readonly kind: "record";
      readonly record: Readonly<Record<string, unknown>>;
      readonly place: Place;
    }
  | { readonly kind: "bad"; readonly reason: string; readonly place: Place };
