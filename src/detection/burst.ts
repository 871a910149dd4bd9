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
  const bucket = (denial: Prompt) => Math.floor(denial.at / windowMs);
  const firing = groupBy(denials, (previous, next) => bucket(previous) === bucket(next)).filter(
    ({ members }) => members.length >= threshold,
  );
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
