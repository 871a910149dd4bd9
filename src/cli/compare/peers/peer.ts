import type { PeerRow } from "./peerRow.ts";

/** How a rule puts what it counts into groups. */
type Bins =
  /** Each row by itself. */
  | { readonly kind: "row" }
  /** Spans aligned to the epoch. */
  | { readonly kind: "fixed"; readonly ms: number }
  /**
   * As many as the threshold in a row, within a span. Where the rule looks back for a limited time, the publications of
   * all have to lie within it.
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
  /** What the rule makes of a user's rows before it counts. Left out: it takes them as they are. */
  readonly makes?: (rows: readonly PeerRow[]) => readonly PeerRow[];
  /** How often the rule counts a row. */
  readonly counts: (row: PeerRow) => number;
  /** What the rule groups by. */
  readonly key: (row: PeerRow) => string;
  readonly bins: Bins;
  /** The number that fires. */
  readonly threshold: number;
  /**
   * A success without which the rule does not fire; `order` tells whether it must come after the denials. `withinMs`: how
   * long after the last of them; left out, it must lie in the span of a sequence.
   */
  readonly success?: {
    readonly is: (row: PeerRow) => boolean;
    readonly order: "any" | "after";
    readonly withinMs?: number;
  };
}
