import type { Extent, Run } from "./burst.ts";
import type { RecordedBurst } from "./record.ts";
import type { Rule } from "./rule.ts";

/** Runs and recorded bursts that are one and the same burst, both oldest first, and the hull of them all. */
export interface Neighbourhood {
  readonly runs: readonly Run[];
  readonly recorded: readonly RecordedBurst[];
  readonly extent: Extent;
}

interface Part {
  readonly runs: Run[];
  readonly recorded: RecordedBurst[];
  extent: Extent;
  /** How much silence it bridges. */
  reach: number;
}

/**
 * Brings together what overlaps or lies within one window: runs with recorded bursts, and through a
 * recorded burst also runs with each other. Recorded bursts that no run touches are left out.
 */
export function findNeighbourhoods(
  rule: Pick<Rule, "kind" | "windowMs">,
  runs: readonly Run[],
  recorded: readonly RecordedBurst[],
): readonly Neighbourhood[] {
  const reach = rule.kind === "tumbling" ? 0 : rule.windowMs;
  const parts: Part[] = [
    ...runs.map((run) => ({ runs: [run], recorded: [], extent: run.extent, reach })),
    ...recorded.map((burst) => ({
      runs: [],
      recorded: [burst],
      extent: burst.extent,
      reach: reachOf(rule, burst),
    })),
  ];
  const settled: Part[] = [];
  for (const part of parts.toSorted((a, b) => a.extent.from - b.extent.from)) {
    settled.push(part);
    // A record with a long reach can bridge back over several that were settled.
    for (let last = part, before = settled.at(-2); before !== undefined && touch(before, last);) {
      absorb(before, last);
      settled.pop();
      [last, before] = [before, settled.at(-2)];
    }
  }
  return settled.filter((part) => part.runs.length > 0);
}

/** Buckets of one size must touch; otherwise the larger of the recorded and the current window counts. */
function reachOf(rule: Pick<Rule, "kind" | "windowMs">, burst: RecordedBurst): number {
  return inSameBuckets(rule, burst) ? 0 : Math.max(rule.windowMs, burst.windowMs);
}

export function inSameBuckets(
  { kind, windowMs }: Pick<Rule, "kind" | "windowMs">,
  burst: RecordedBurst,
): boolean {
  return kind === "tumbling" && burst.kind === "tumbling" && burst.windowMs === windowMs;
}

function touch(earlier: Part, later: Part): boolean {
  return later.extent.from - earlier.extent.to <= Math.max(earlier.reach, later.reach);
}

/** Adds to the earlier part in place: copying both at every step would be quadratic. */
function absorb(earlier: Part, later: Part): void {
  later.runs.forEach((run) => earlier.runs.push(run));
  later.recorded.forEach((burst) => earlier.recorded.push(burst));
  earlier.extent = union(earlier.extent, later.extent);
  earlier.reach = Math.max(earlier.reach, later.reach);
}

export function union(a: Extent, b: Extent): Extent {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}
