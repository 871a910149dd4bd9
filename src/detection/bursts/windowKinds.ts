import type { Rule } from "../rules/rule.ts";
import { sliding } from "./sliding.ts";
import { tumbling } from "./tumbling.ts";
import type { Extent, WindowKind, Windowing } from "./windowing.ts";

/** To add a kind, write a file with a `WindowKind` and add it here. The code does not compile without it. */
const kinds = { sliding, tumbling } satisfies Record<Rule["kind"], WindowKind>;

export function windowKind({ kind }: Pick<Rule, "kind">): WindowKind {
  return kinds[kind];
}

/** Returns the extent of a streak, given its first and last denial. */
export function extentOf(rule: Windowing, first: number, last: number): Extent {
  return windowKind(rule).extentOf(rule.windowMs, first, last);
}
