import type { ContextSignIn } from "../detection/context/signInRow.ts";
import type { Account, RowAccount } from "../detection/signin/account.ts";
import type { ClassifyOptions } from "../detection/signin/classify.ts";
import type { Fields } from "../detection/signin/fields.ts";
import type { Approval, Sighting } from "../detection/signin/sighting.ts";
import type { Counts } from "./counts.ts";
import type { CoverageTally } from "./coverageTally.ts";
import type { InputSeen, RecordReading } from "./inputSeen.ts";
import type { Range } from "./ports.ts";

/** A position in the input. */
export interface Place {
  /** The file as the user gave it, or "-" for standard input. */
  readonly source: string;
  /** 1-based line, for containers with one value per line; otherwise null. */
  readonly line: number | null;
  /** 0-based position in an array, in `records` or in `rows`; otherwise null. */
  readonly index: number | null;
}

/** The place of a record that is in no file. */
export const noPlace: Place = { source: "-", line: null, index: null };

/** One raw record of a log, or the report of one that could not be read. */
export type LogEntry =
  | {
      readonly kind: "record";
      readonly record: Fields;
      readonly place: Place;
      /** The names of its fields; present only if the reader was asked for them. */
      readonly reading?: RecordReading;
    }
  | { readonly kind: "bad"; readonly reason: string; readonly place: Place };

/** Returns the entry of a record that is in no file. */
export function unplaced(record: Fields): LogEntry {
  return { kind: "record", record, place: noPlace };
}

/** What some rows of a log say. */
export interface Extract {
  readonly counts: Counts;
  /** Records that cannot be used. */
  readonly bad: readonly { readonly reason: string; readonly place: Place }[];
  readonly sightings: readonly (readonly [RowAccount, Sighting])[];
  readonly approvals: readonly (readonly [RowAccount, Approval])[];
  readonly tally: CoverageTally;
}

/** What a file says around findings: a sign-in, or a record of another kind of log. */
export type RelatedRecord =
  | { readonly kind: "signIn"; readonly signIn: ContextSignIn }
  | { readonly kind: "audit" | "office" | "risk"; readonly record: Fields };

/** The accounts, addresses and times whose records are wanted. Names and addresses are in lower case. */
export interface RelatedTo extends Range {
  readonly names: Iterable<string>;
  readonly addresses: Iterable<string>;
  /** Reports whether anybody's success from an address within a range is wanted, after what was read before. */
  readonly wantsSuccess: (address: string, from: number, to: number) => boolean;
}

/** A log in files. */
export interface SignInFiles {
  /** Returns what its rows say, in file order. */
  read(options: ClassifyOptions): AsyncIterable<Extract>;
  /** Approvals of the given accounts, and perhaps of others, that were set aside during `read`. */
  approvals(accounts: readonly Account[]): AsyncIterable<readonly [RowAccount, Approval]>;
  /**
   * Reads the records again that matter for the context of findings: sign-ins of the given accounts, wrong passwords
   * and wanted successes from the given addresses, refusals of anybody, and other logs. Others may be among them.
   */
  related?(wanted: RelatedTo): AsyncIterable<RelatedRecord>;
  /** What kinds of files were read. Complete once `read` has ended. */
  seen(): InputSeen;
}
