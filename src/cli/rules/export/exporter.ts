import type { Rule } from "../../../detection/rules/rule.ts";
import type { Peer } from "../../compare/peers/peer.ts";

/** An exporter writes the nearest rule that another engine can run. */
export interface Exporter {
  /** The value of `--export`. */
  readonly id: string;
  readonly name: string;
  /** The start of a comment in the engine's language. */
  readonly comment: string;
  /** Returns the rule in the engine's format, without its header. */
  readonly write: (rule: Rule) => string;
  /** Returns a model of the written rule, so that it can be measured. */
  readonly model: (rule: Rule) => Pick<Peer, "makes" | "counts" | "key" | "bins" | "success">;
  /** Returns what the measurement does not show, one sentence each. */
  readonly leavesOut: (rule: Rule) => readonly string[];
}
