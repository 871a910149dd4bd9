import type { Prompt } from "./prompt.ts";
import type { Rule } from "./rule.ts";

/** Epoch milliseconds; `to` belongs to it for a sliding rule and not for buckets. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** Denials of one user that belong together; a burst when they fired. */
export interface Run {
  /** Oldest first. */
  readonly denials: readonly Prompt[];
  readonly extent: Extent;
  /** When the threshold was first reached; null where it was not. */
  readonly triggeredAt: number | null;
}

export type Windowing = Pick<Rule, "kind" | "windowMs" | "threshold">;

/**
 * The runs of one user's denials.
 *
 * @param denials oldest first
 * @returns sliding: all runs between silences longer than the window, fired or not; tumbling: the groups of
 *   adjoining buckets that fired
 */
export function findRuns(rule: Windowing, denials: readonly Prompt[]): readonly Run[] {
  return rule.kind === "sliding" ? slidingRuns(rule, denials) : tumblingRuns(rule, denials);
}

function slidingRuns(rule: Windowing, denials: readonly Prompt[]): readonly Run[] {
  const groups = groupBy(denials, (previous, next) => next.at - previous.at <= rule.windowMs);
  return groups.map(({ first, last, members }) => ({
    denials: members,
    extent: { from: first.at, to: last.at },
    triggeredAt: reachedAt(rule, members),
  }));
}

function tumblingRuns(rule: Windowing, denials: readonly Prompt[]): readonly Run[] {
  const { windowMs, threshold } = rule;
  const bucket = bucketOf(rule);
  const firing = buckets(rule, denials).filter(({ members }) => members.length >= threshold);
  const adjoining = groupBy(
    firing.flatMap(({ members }) => members),
    (previous, next) => bucket(next) - bucket(previous) <= 1,
  );
  return adjoining.map(({ first, last, members }) => ({
    denials: members,
    extent: { from: bucket(first) * windowMs, to: (bucket(last) + 1) * windowMs },
    // The first bucket fired, so its threshold-th denial is the first one to reach it.
    triggeredAt: reachedAt(rule, members),
  }));
}

function bucketOf({ windowMs }: Windowing): (denial: Prompt) => number {
  return (denial) => Math.floor(denial.at / windowMs);
}

function buckets(rule: Windowing, denials: readonly Prompt[]): readonly Group[] {
  const bucket = bucketOf(rule);
  return groupBy(denials, (previous, next) => bucket(previous) === bucket(next));
}

/** The denials of one window of a rule: how many, and when the first and the last of them were. */
export interface Density {
  readonly denials: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The window that holds the most denials, the earliest of equal ones: how near a rule came to firing.
 *
 * @param denials oldest first
 * @returns null where there are none
 */
export function densestWindow(rule: Windowing, denials: readonly Prompt[]): Density | null {
  const held = rule.kind === "sliding" ? densestSpan(rule, denials) : densestBucket(rule, denials);
  const [from, to] = held.reduce(
    ([earliest, latest], { at }) => [Math.min(earliest, at), Math.max(latest, at)],
    [Infinity, -Infinity],
  );
  return held.length === 0 ? null : { denials: held.length, from, to };
}

function densestSpan({ windowMs }: Windowing, denials: readonly Prompt[]): readonly Prompt[] {
  let start = 0;
  let best = { start, end: 0 };
  for (const [index, { at }] of denials.entries()) {
    const isTooOld = (denial?: Prompt) => denial !== undefined && at - denial.at > windowMs;
    while (isTooOld(denials[start])) {
      start++;
    }
    if (index + 1 - start > best.end - best.start) {
      best = { start, end: index + 1 };
    }
  }
  return denials.slice(best.start, best.end);
}

function densestBucket(rule: Windowing, denials: readonly Prompt[]): readonly Prompt[] {
  return buckets(rule, denials).reduce<readonly Prompt[]>(
    (most, { members }) => (members.length > most.length ? members : most),
    [],
  );
}

/** When a window first held as many denials as the threshold asks for. */
function reachedAt({ windowMs, threshold }: Windowing, denials: readonly Prompt[]): number | null {
  const reaching = denials.find((denial, index) => {
    const start = denials[index - threshold + 1];
    return start !== undefined && denial.at - start.at <= windowMs;
  });
  return reaching?.at ?? null;
}

interface Group {
  readonly first: Prompt;
  last: Prompt;
  readonly members: Prompt[];
}

/** Cuts a sorted list wherever neighbours do not belong together. */
function groupBy(
  denials: readonly Prompt[],
  together: (previous: Prompt, next: Prompt) => boolean,
): readonly Group[] {
  const groups: Group[] = [];
  for (const denial of denials) {
    const group = groups.at(-1);
    if (group !== undefined && together(group.last, denial)) {
      group.last = denial;
      group.members.push(denial);
    } else {
      groups.push({ first: denial, last: denial, members: [denial] });
    }
  }
  return groups;
}
