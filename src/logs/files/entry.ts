import type { RecordReading } from "../../run/inputSeen.ts";
import type { Place } from "../../run/signInFiles.ts";

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
