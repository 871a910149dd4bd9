import type { PeerRow } from "./peerRow.ts";

/** How a rule groups the rows that it counts. */
type Bins =
  /** Each row by itself. */
  | { readonly kind: "row" }
  /** Spans aligned to the epoch. */
  | { readonly kind: "fixed"; readonly ms: number }
  /**
   * As many rows in sequence as the threshold, within a span. If the rule looks back for a limited time, all rows must
   * be published within that time.
   */
  | { readonly kind: "sequence"; readonly ms: number; readonly lookBackMs?: number }
  /** Everything that is searched. */
  | { readonly kind: "all" }
  /** A UTC day; all MFA rows of the group must lie within a span. */
  | { readonly kind: "day"; readonly spanMs: number };

/** A public rule as a declaration. It models the logic of the rule as it is published; it is not the rule. */
export interface Peer {
  readonly id: string;
  readonly name: string;
  /** Where the rule is published, and the version that was read. */
  readonly source: string;
  readonly version: string;
  /** In words, for people. */
  readonly says: string;
  /** What is not modelled; empty if nothing is left out. */
  readonly leavesOut: string;
  /** Transforms a user's rows before they are counted. If absent, they are counted as they are. */
  readonly makes?: (rows: readonly PeerRow[]) => readonly PeerRow[];
  /** How often the rule counts a row. */
  readonly counts: (row: PeerRow) => number;
  /** What the rule groups by. */
  readonly key: (row: PeerRow) => string;
  readonly bins: Bins;
  /** The rule fires at this count. */
  readonly threshold: number;
  /**
   * A success that the rule requires. `order` says whether it must come after the denials, `withinMs` how long after
   * the last of them. Without `withinMs`, it must lie in the span of a sequence.
   */
  readonly success?: {
    readonly is: (row: PeerRow) => boolean;
    readonly order: "any" | "after";
    readonly withinMs?: number;
  };
}
