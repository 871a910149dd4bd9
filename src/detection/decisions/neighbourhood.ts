import type { Streak } from "../bursts/streak.ts";
import type { RecordedBurst } from "./record.ts";
import type { Rule } from "../rules/rule.ts";
import { windowKind } from "../bursts/windowKinds.ts";
import type { Extent } from "../bursts/windowing.ts";

/** Runs and recorded bursts that are one and the same burst, both oldest first, and the hull of them all. */
export interface Neighbourhood {
  readonly streaks: readonly Streak[];
  readonly recorded: readonly RecordedBurst[];
  readonly extent: Extent;
}

interface Part {
  readonly streak: Streak | null;
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
 * Brings together what overlaps or lies within one window: streaks with recorded bursts, and through a
 * recorded burst also streaks with each other. Recorded bursts that no streak touches are left out.
 */
export function findNeighbourhoods(
  rule: Pick<Rule, "kind" | "windowMs">,
  streaks: readonly Streak[],
  recorded: readonly RecordedBurst[],
): readonly Neighbourhood[] {
  const reach = windowKind(rule).longestGap(rule.windowMs);
  const parts: readonly Part[] = [
    ...streaks.map((streak) => ({ streak, recorded: null, extent: streak.extent, reach })),
    ...recorded.map((burst) => ({
      streak: null,
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
        streaks: members.flatMap(({ streak }) => streak ?? []),
        recorded: members.flatMap((member) => member.recorded ?? []),
        extent,
      };
    })
    .filter((neighbourhood) => neighbourhood.streaks.length > 0);
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
