import type { Streak } from "../detection/bursts/streak.ts";
import { windowKind } from "../detection/bursts/windowKinds.ts";
import { findNeighbourhoods, union } from "../detection/decisions/neighbourhood.ts";
import { foundByRules } from "../detection/decisions/record.ts";
import { ruleViews, type RuleView } from "../detection/decisions/ruleViews.ts";
import { familiesOf, type Family } from "../detection/rules/families.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Sighting } from "../detection/signin/sighting.ts";
import type { Detector } from "./detector.ts";
import { accountName } from "../detection/prompts/evidence.ts";
import { inParallel } from "./inParallel.ts";
import type { Head, Range } from "./ports.ts";
import { mostRows, readSightings } from "./readAround.ts";
import type { Activity } from "./newActivity.ts";

/** How far from the activity to read; beyond it counts say "at least". */
const farthest = 24 * 3_600_000;

/** Requests to the state at once. */
export const stateRequests = 8;

/** What one family of rules sees of an account. */
export interface FamilyView {
  readonly family: Family;
  readonly head: Head;
  /** The streaks that the activity belongs to, whole, and all prompts that were read. */
  readonly views: readonly RuleView[];
  /** Around the activity, those streaks and the recorded bursts that they belong to. */
  readonly hull: Range;
}

interface ViewedAccount extends Activity {
  readonly families: readonly FamilyView[];
}

/** An account with all that is needed to judge it. */
export interface AccountCase extends ViewedAccount {
  /** Whether reading stopped at a bound, so that streaks may be longer than they look. */
  readonly bounded: boolean;
}

/** How far beyond a hull the first look reaches, in windows; it mostly saves a second one. */
const generous = 4;

/**
 * Reads what is recorded of accounts, then what the log shows around their activity, until there is silence on both
 * sides. In this order, so that a view of the log is newer than the record it is judged against.
 */
export async function readAccountCases(
  detector: Detector,
  touched: readonly Activity[],
  signal: AbortSignal,
): Promise<readonly AccountCase[]> {
  let open = await inParallel(touched, stateRequests, (each) => readHeads(detector, each));
  const cases: AccountCase[] = [];
  // Twice as far each time, so that a burst without end takes few looks.
  for (let times = 1; open.length > 0; times *= 2) {
    const reads = open.map((each) => spanAround(each, () => generous * times).span);
    const { sightings, rows, cut } = await readSightings(
      detector.source,
      open.map(({ account: { user }, span: core }, index) => ({
        user,
        span: reads[index] ?? core,
        core,
      })),
      signal,
    );
    const unfinished: ViewedAccount[] = [];
    for (const [index, each] of open.entries()) {
      const name = accountName(each.account);
      const seen = sightings.get(name) ?? [];
      const families = each.families.map((view) => look(each, view, seen));
      const read = reads[index] ?? each.span;
      const { span, clipped } = spanAround(
        { ...each, families },
        (rule) => windowKind(rule).silence,
      );
      // One side at its bound does not end the reading of the other.
      const whole = span.from >= read.from && span.to <= read.to;
      const { user } = each.account;
      if (whole || (rows.get(user) ?? 0) >= mostRows) {
        cases.push({ ...each, families, bounded: clipped || !whole || cut.has(user) });
      } else {
        unfinished.push({ ...each, families });
      }
    }
    open = unfinished;
  }
  return cases;
}

async function readHeads(detector: Detector, activity: Activity): Promise<ViewedAccount> {
  const { workspaceId, rules, store } = detector;
  const families: FamilyView[] = [];
  for (const family of familiesOf(rules)) {
    const subject = { rule: family.name, workspaceId, ...activity.account };
    const head = await store.readHead(subject, activity.span.from - farthest);
    families.push(look(activity, { family, head }, []));
  }
  return { ...activity, families };
}

/** What a family sees, given the sightings of a span. The activity itself counts as a streak without denials. */
function look(
  { account, span }: Activity,
  { family, head }: Pick<FamilyView, "family" | "head">,
  sightings: readonly Sighting[],
): FamilyView {
  const views = ruleViews(family.rules, account.user, sightings);
  const active: Streak = { denials: [], extent: span, triggeredAt: null };
  // Whatever may turn out to be one attack is read, so each streak counts as a finding here.
  const streaks = views.flatMap(({ rule, streaks: own }) =>
    [active, ...own].map((streak) => ({ rule, streak, verdict: "finding" as const })),
  );
  const around = findNeighbourhoods(streaks, head.bursts, (burst) =>
    foundByRules(head.subject, burst),
  ).find((each) => each.streaks.some(({ streak }) => streak === active));
  const near = new Set(around?.streaks.map(({ streak }) => streak));
  return {
    family,
    head,
    views: views.map((view) => ({
      ...view,
      streaks: view.streaks.filter((streak) => near.has(streak)),
    })),
    // Stryker disable next-line OptionalChaining: only for the compiler, every streak lies somewhere.
    hull: around?.extent ?? span,
  };
}

function spanAround(
  { span: active, families }: ViewedAccount,
  windows: (rule: Rule) => number,
): { readonly span: Range; readonly clipped: boolean } {
  const asked = families
    .flatMap(({ family, hull }) =>
      family.rules.map((rule) => {
        const margin = windows(rule) * rule.windowMs;
        return { from: hull.from - margin, to: hull.to + margin };
      }),
    )
    .reduce(union, active);
  const span = {
    from: Math.max(asked.from, active.from - farthest),
    to: Math.min(asked.to, active.to + farthest),
  };
  return { span, clipped: span.from > asked.from || span.to < asked.to };
}
