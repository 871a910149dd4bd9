import type { Streak } from "../bursts/streak.ts";
import { windowKind } from "../bursts/windowKinds.ts";
import type { Extent } from "../bursts/windowing.ts";
import { numberAt } from "../prompts/columns.ts";
import type { Rule } from "../rules/rule.ts";
import type { RecordedBurst } from "./record.ts";

type Window = Pick<Rule, "id" | "kind" | "windowMs">;

/** The part of a rule's window that a record keeps. */
type RecordedWindow = Pick<RecordedBurst, "kind" | "windowMs">;

/** How a single rule judges a streak. */
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

/** Returns the ids of the rules that found a recorded burst. */
export type FoundBy = (burst: RecordedBurst) => readonly string[];

interface Part<R extends Window> {
  readonly streak: RuleStreak<R> | null;
  readonly recorded: RecordedBurst | null;
  readonly extent: Extent;
}

/** Parts that are known to belong together. */
interface Cluster<R extends Window> {
  /** The index of the first part. */
  readonly first: number;
  readonly streaks: readonly RuleStreak<R>[];
  readonly recorded: readonly RecordedBurst[];
  readonly extent: Extent;
  /** The ids of the rules that found it, before or now. */
  readonly found: ReadonlySet<string>;
  /** The window that it is, or would be, recorded with. Null if no rule found it. */
  readonly window: RecordedWindow | null;
}

/**
 * Groups what belongs to one attack. Within a rule, its streaks and the bursts it found, before or now, are grouped if
 * they overlap or lie within one window of each other. Across rules, findings and recorded bursts are grouped if they
 * overlap. What was grouped counts as one burst, found by all its rules, and grouping continues until nothing more joins.
 * The result is therefore the same whether a finding was recorded in an earlier run or is new. Recorded bursts that
 * no streak reaches are left out.
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
  const rules = new Set(streaks.map(({ rule }) => rule));
  const sets = new DisjointSets(parts.length);
  let clusters: readonly Cluster<R>[];
  do {
    clusters = sets.groupsOf(parts).map(({ first, members }) => clusterOf(first, members, foundBy));
  } while (joinClusters(clusters, rules, sets));
  return clusters.flatMap(({ streaks: [first, ...others], recorded: bursts, extent }) =>
    first === undefined ? [] : [{ streaks: [first, ...others], recorded: bursts, extent }],
  );
}

function clusterOf<R extends Window>(
  first: number,
  parts: readonly Part<R>[],
  foundBy: FoundBy,
): Cluster<R> {
  const streaks = parts.flatMap(({ streak }) => streak ?? []);
  const recorded = parts.flatMap((part) => part.recorded ?? []);
  const finders: readonly R[] = streaks.flatMap(({ rule, verdict }) =>
    verdict === "finding" ? [rule] : [],
  );
  const [window, ...windows] = [...recorded, ...finders];
  return {
    first,
    streaks,
    recorded,
    extent: parts.map(({ extent }) => extent).reduce(union),
    found: new Set([...recorded.flatMap(foundBy), ...finders.map(({ id }) => id)]),
    window: window === undefined ? null : commonWindow([window, ...windows]),
  };
}

/** Returns whether anything was joined. */
function joinClusters<R extends Window>(
  clusters: readonly Cluster<R>[],
  rules: ReadonlySet<R>,
  sets: DisjointSets,
): boolean {
  let joined = joinNear(clusters, sets, ({ window }) => (window === null ? null : 0));
  for (const rule of rules) {
    const didJoin = joinNear(clusters, sets, ({ streaks, found, window }) => {
      if (window !== null && found.has(rule.id)) {
        return gapAround(rule, window);
      }
      return streaks.some((each) => each.rule === rule)
        ? windowKind(rule).longestGap(rule.windowMs)
        : null;
    });
    joined ||= didJoin;
  }
  return joined;
}

/** Connected parts as one extent. `first` is the index of one of them. */
interface Stretch {
  readonly first: number;
  readonly extent: Extent;
  readonly reach: number;
}

/**
 * Joins what lies no farther apart than the larger of the reaches. Linear.
 *
 * @param sorted by the start of their extents
 * @param reachOf returns null for what is to be ignored
 * @returns whether anything was joined that was not before
 */
function joinNear<C extends Pick<Stretch, "first" | "extent">>(
  sorted: readonly C[],
  sets: DisjointSets,
  reachOf: (each: C) => number | null,
): boolean {
  const settled: Stretch[] = [];
  let joined = false;
  for (const each of sorted) {
    const reach = reachOf(each);
    if (reach === null) {
      continue;
    }
    let last: Stretch = { first: each.first, extent: each.extent, reach };
    // A record with a long reach can connect back to several finished stretches.
    for (let before = settled.at(-1); before !== undefined && touch(before, last);) {
      joined = sets.join(before.first, last.first) || joined;
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
  return joined;
}

function touch(earlier: Stretch, later: Stretch): boolean {
  return later.extent.from - earlier.extent.to <= Math.max(earlier.reach, later.reach);
}

/** Windows of the same kind and length join by the rule of that kind. Otherwise the larger window applies. */
function gapAround(rule: Window, burst: RecordedWindow): number {
  return burst.kind === rule.kind && burst.windowMs === rule.windowMs
    ? windowKind(rule).longestGap(rule.windowMs)
    : Math.max(rule.windowMs, burst.windowMs);
}

/**
 * Returns the window of a burst that was found with several: the one they all share, otherwise a sliding one of the
 * longest of them.
 */
export function commonWindow([{ kind, windowMs }, ...others]: readonly [
  RecordedWindow,
  ...RecordedWindow[],
]): RecordedWindow {
  return others.every((each) => each.kind === kind && each.windowMs === windowMs)
    ? { kind, windowMs }
    : {
        kind: "sliding",
        windowMs: others.reduce((longest, each) => Math.max(longest, each.windowMs), windowMs),
      };
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

  /**
   * The smaller root becomes the root of both.
   *
   * @returns false if they were in one set already
   */
  join(a: number, b: number): boolean {
    const [first, second] = [this.#rootOf(a), this.#rootOf(b)];
    this.#parents[Math.max(first, second)] = Math.min(first, second);
    return first !== second;
  }

  /** Returns the members of each set, in ascending order, and the sets by their first member. */
  groupsOf<T>(
    numbered: readonly T[],
  ): readonly { readonly first: number; readonly members: readonly T[] }[] {
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
    return [...groups].map(([first, members]) => ({ first, members }));
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
