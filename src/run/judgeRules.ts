import { ending } from "../detection/rules/ruleChecks.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { watchlistKey, watchlistsOf } from "../detection/rules/watchlists.ts";
import { exclusionName } from "./excludedCounts.ts";
import type { Fault, Judgement } from "./judgeHealth.ts";
import type { StoredWatchlist } from "./watchlists.ts";

const day = 86_400_000;

/** The state of a workspace's rules. */
export interface RulesInUse {
  readonly rules: readonly Rule[];
  /** Why they cannot be used; null if they can. */
  readonly rulesProblem: string | null;
  readonly watchlists: readonly StoredWatchlist[];
  readonly now: number;
}

/** Adds problems with the rules of a workspace: with their file, their watchlists and their exclusions. */
export function withRules(judged: Judgement, inUse: RulesInUse): Judgement {
  const { rules, rulesProblem, now } = inUse;
  const broken: readonly Fault[] =
    rulesProblem === null ? [] : [{ what: "rules", since: null, problem: rulesProblem }];
  const lists = judgeWatchlists(inUse);
  const faults = [...judged.faults, ...broken, ...lists.faults];
  const ends = rules.flatMap((rule) =>
    rule.scope.exclude.flatMap((each) =>
      ending(each, now).map((words) => `The exclusion ${exclusionName(rule, each)} ${words}.`),
    ),
  );
  return {
    ...judged,
    healthy: faults.length === 0,
    faults,
    warnings: [...judged.warnings, ...lists.warnings, ...ends],
  };
}

/** A list that cannot be read is a fault after a day. */
function judgeWatchlists({ rules, watchlists, now }: RulesInUse) {
  const stored = new Map(watchlists.map((each) => [watchlistKey(each), each]));
  const faults: Fault[] = [];
  const warnings: string[] = [];
  for (const wanted of watchlistsOf(rules)) {
    const { failure = null, readAt = null } = stored.get(watchlistKey(wanted)) ?? {};
    if (failure !== null) {
      const holds =
        readAt === null
          ? "no values are known, so it excludes nobody, and a rule for it applies to everybody"
          : `the values of ${new Date(readAt).toISOString()} still apply`;
      const problem = `The watchlist ${wanted.watchlist} (${wanted.column}) ${failure.problem}; ${holds}`;
      if (now - (readAt ?? failure.since) > day) {
        faults.push({ what: "watchlist", since: failure.since, problem });
      } else {
        warnings.push(problem);
      }
    }
  }
  return { faults, warnings };
}
