import type { Streak } from "../bursts/streak.ts";
import { windowKind } from "../bursts/windowKinds.ts";
import type { Extent } from "../bursts/windowing.ts";
import { numberAt } from "../prompts/columns.ts";
import type { Rule } from "../rules/rule.ts";
import type { RecordedBurst } from "./record.ts";

type Window = Pick<Rule, "id" | "kind" | "windowMs">;

/** What a single rule makes of a streak. */
export type Verdict =
  "finding" | "below-threshold" | "awaiting-approval" | "usual-origin" | "shadow";

/** A streak as one rule of a family sees it. */
export interface RuleStreak<R extends Window = Rule> {
  readonly rule: R;
  readonly streak: Streak;
  readonly verdict: Verdict;
}

/** Streaks and recorded bursts of one attack, both oldest first, and the extent of them all. */
export interface Neighbourhood<R extends Window = Rule> {
  /** At least one. */
  readonly streaks: readonly [RuleStreak<R>, ...RuleStreak<R>[]];
  readonly recorded: readonly RecordedBurst[];
  readonly extent: Extent;
}

interface Part<R extends Window> {
  readonly streak: RuleStreak<R> | null;
  readonly recorded: RecordedBurst | null;
  readonly extent: Extent;
}

/** Returns the ids of the rules that found a recorded burst. */
export type FoundBy = (burst: RecordedBurst) => readonly string[];

/**
 * Groups what belongs to one attack. Within a rule, its streaks and the bursts it found before are grouped if they
 * overlap or lie within one window of each other. Across rules, findings and recorded bursts are grouped if they
 * overlap. Recorded bursts that no streak reaches are left out.
 *
 * @param streaks of one family; those of one rule lie more than a window apart
 */
export function findNeighbourhoods<R extends Window>(
  streaks: readonly RuleStreak<R>[],
  recorded: readonly RecordedBurst[],
  foundBy: FoundBy,
): readonly Neighbourhood<R>[] {
  const parts: readonly Part<R>[] = [
    ...streaks.map((streak) => ({ streak, recorded: null, extent: streak.streak.extent })),
    ...recorded.map((burst) => ({ streak: null, recorded: burst, extent: burst.extent })),
  ].toSorted((a, b) => a.extent.from - b.extent.from);
  const sets = new DisjointSets(parts.length);
  joinNear(parts, sets, ({ streak }) =>
    streak === null || streak.verdict === "finding" ? 0 : null,
  );
  for (const rule of new Set(streaks.map((each) => each.rule))) {
    joinNear(parts, sets, ({ streak, recorded: burst }) => {
      if (burst !== null) {
        return foundBy(burst).includes(rule.id) ? gapAround(rule, burst) : null;
      }
      return streak?.rule === rule ? windowKind(rule).longestGap(rule.windowMs) : null;
    });
  }
  return sets.groupsOf(parts).flatMap((members) => {
    const [first, ...others] = members.flatMap(({ streak }) => streak ?? []);
    if (first === undefined) {
      return [];
    }
    const bursts = members.flatMap((member) => member.recorded ?? []);
    const extent = members.map((member) => member.extent).reduce(union);
    return [{ streaks: [first, ...others], recorded: bursts, extent }];
  });
}

/** Connected parts as one extent. `first` is the index of one of them. */
interface Stretch {
  readonly first: number;
  readonly extent: Extent;
  readonly reach: number;
}

/**
 * Joins parts whose gap is at most the larger of their reaches. Linear.
 *
 * @param parts sorted by the start of their extents
 * @param reachOf returns null for a part to be ignored
 */
function joinNear<P extends { readonly extent: Extent }>(
  parts: readonly P[],
  sets: DisjointSets,
  reachOf: (part: P) => number | null,
): void {
  const settled: Stretch[] = [];
  for (const [first, part] of parts.entries()) {
    const reach = reachOf(part);
    if (reach === null) {
      continue;
    }
    let last: Stretch = { first, extent: part.extent, reach };
    // A record with a long reach can connect back to several finished stretches.
    for (let before = settled.at(-1); before !== undefined && touch(before, last);) {
      sets.join(before.first, last.first);
      last = {
        first: before.first,
        extent: union(before.extent, last.extent),
        reach: Math.max(before.reach, last.reach),
      };
      settled.pop();
      before = settled.at(-1);
    }
    settled.push(last);
  }
}

function touch(earlier: Stretch, later: Stretch): boolean {
  return later.extent.from - earlier.extent.to <= Math.max(earlier.reach, later.reach);
}

/** Windows of the same kind and length join by the rule of that kind. Otherwise the larger window applies. */
function gapAround(rule: Window, burst: RecordedBurst): number {
  return hasSameWindow(rule, burst)
    ? windowKind(rule).longestGap(rule.windowMs)
    : Math.max(rule.windowMs, burst.windowMs);
}

export function hasSameWindow(
  { kind, windowMs }: Pick<Rule, "kind" | "windowMs">,
  burst: RecordedBurst,
): boolean {
  return burst.kind === kind && burst.windowMs === windowMs;
}

export function union(a: Extent, b: Extent): Extent {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

/** Disjoint sets of the numbers below a size (union-find). */
class DisjointSets {
  readonly #parents: Uint32Array;

  constructor(size: number) {
    this.#parents = Uint32Array.from({ length: size }, (_, index) => index);
  }

  /** The smaller root becomes the root of both. */
  join(a: number, b: number): void {
    const [first, second] = [this.#rootOf(a), this.#rootOf(b)];
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }

  /** Returns what is numbered by each set, in ascending order, and the sets by their first member. */
  groupsOf<T>(numbered: readonly T[]): readonly (readonly T[])[] {
    const groups = new Map<number, T[]>();
    for (const [index, each] of numbered.entries()) {
      const root = this.#rootOf(index);
      const group = groups.get(root);
      if (group === undefined) {
        groups.set(root, [each]);
      } else {
        group.push(each);
      }
    }
    return [...groups.values()];
  }

  #rootOf(index: number): number {
    let root = index;
    for (let next = this.#parentOf(root); next !== root; next = this.#parentOf(root)) {
      // Halves the path for later lookups.
      this.#parents[root] = this.#parentOf(next);
      root = next;
    }
    return root;
  }

  #parentOf(index: number): number {
    return numberAt(this.#parents, index);
  }
}
