import type { Rule } from "../../../detection/rules/rule.ts";
import type { Peer } from "../../compare/peers/peer.ts";

/** Writes the nearest rule that another engine can run. */
export interface Exporter {
  /** The value of `--export`. */
  readonly id: string;
  readonly name: string;
  /** What the engine's comments begin with. */
  readonly comment: string;
  /** The rule as the engine takes it, without its header. */
  readonly write: (rule: Rule) => string;
  /** What the written rule counts, so that it can be measured. */
  readonly model: (rule: Rule) => Pick<Peer, "makes" | "counts" | "key" | "bins" | "success">;
  /** What no row of a measurement shows: a sentence each. */
  readonly leavesOut: (rule: Rule) => readonly string[];
}
