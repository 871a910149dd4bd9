import type { Run } from "../bursts/burst.ts";
import type { RecordedBurst } from "./record.ts";
import type { Rule } from "../rules/rule.ts";
import type { Extent } from "../bursts/windowing.ts";

/** Runs and recorded bursts that are one and the same burst, both oldest first, and the hull of them all. */
export interface Neighbourhood {
  readonly runs: readonly Run[];
  readonly recorded: readonly RecordedBurst[];
  readonly extent: Extent;
}

interface Part {
  readonly run: Run | null;
  readonly recorded: RecordedBurst | null;
  readonly extent: Extent;
  /** How much silence it bridges. */
  readonly reach: number;
}

/** Parts that touch: from the one with this index up to the first of the next stretch. */
interface Stretch extends Pick<Part, "extent" | "reach"> {
  readonly first: number;
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
  const parts: readonly Part[] = [
    ...runs.map((run) => ({ run, recorded: null, extent: run.extent, reach })),
    ...recorded.map((burst) => ({
      run: null,
      recorded: burst,
      extent: burst.extent,
      reach: reachOf(rule, burst),
    })),
  ].toSorted((a, b) => a.extent.from - b.extent.from);
  const stretches = findStretches(parts);
  return stretches
    .map(({ first, extent }, index) => {
      const members = parts.slice(first, stretches[index + 1]?.first);
      return {
        runs: members.flatMap(({ run }) => run ?? []),
        recorded: members.flatMap((member) => member.recorded ?? []),
        extent,
      };
    })
    .filter((neighbourhood) => neighbourhood.runs.length > 0);
}

/** Linear: parts are only gathered once it is known where each stretch ends. */
function findStretches(parts: readonly Part[]): readonly Stretch[] {
  const settled: Stretch[] = [];
  for (const [first, { extent, reach }] of parts.entries()) {
    let last: Stretch = { first, extent, reach };
    // A record with a long reach can bridge back over several that were settled.
    for (let before = settled.at(-1); before !== undefined && touch(before, last);) {
      last = join(before, last);
      settled.pop();
      before = settled.at(-1);
    }
    settled.push(last);
  }
  return settled;
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

function touch(earlier: Stretch, later: Stretch): boolean {
  return later.extent.from - earlier.extent.to <= Math.max(earlier.reach, later.reach);
}

function join(earlier: Stretch, later: Stretch): Stretch {
  return {
    first: earlier.first,
    extent: union(earlier.extent, later.extent),
    reach: Math.max(earlier.reach, later.reach),
  };
}

export function union(a: Extent, b: Extent): Extent {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}
