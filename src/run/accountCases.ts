import type { Streak } from "../detection/bursts/streak.ts";
import { windowKind } from "../detection/bursts/windowKinds.ts";
import { promptsOf, streaksIn } from "../detection/bursts/countDenials.ts";
import { findNeighbourhoods, union } from "../detection/decisions/neighbourhood.ts";
import type { Prompt } from "../detection/prompts/prompt.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Sighting } from "../detection/signin/sighting.ts";
import type { Detector } from "./detector.ts";
import { accountName } from "../detection/prompts/evidence.ts";
import { inParallel } from "./inParallel.ts";
import type { Head, Range } from "./ports.ts";
import { mostRows, readSightings } from "./readAround.ts";
import type { Activity } from "./newActivity.ts";

/** Bound of reading outwards from what was touched; beyond it counts say "at least". */
const farthest = 24 * 3_600_000;

/** Requests to the state at once. */
export const stateRequests = 8;

/** One rule's view of an account. */
export interface RuleView {
  readonly rule: Rule;
  readonly head: Head;
  /** The streaks that what was touched belongs to, whole. */
  readonly streaks: readonly Streak[];
  /** All prompts of the account that were read, counted or not. */
  readonly prompts: readonly Prompt[];
  /** Around what was touched, those streaks and the recorded bursts that they belong to. */
  readonly hull: Range;
}

interface ViewedAccount extends Activity {
  readonly views: readonly RuleView[];
}

/** An account with all that is needed to judge it. */
export interface AccountCase extends ViewedAccount {
  /** Reading stopped at a bound, so that streaks may be longer than they look. */
  readonly bounded: boolean;
}

/** How far beyond a hull the first look reaches, in windows; it mostly saves a second one. */
const generous = 4;

/**
 * Reads what is recorded of accounts and then, until there is silence on both sides, what the log shows
 * around the times that were touched. In this order, so that a view of the log is newer than the head it
 * is judged against.
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
      const views = each.views.map((view) => look(each, view, seen));
      const read = reads[index] ?? each.span;
      const { span, clipped } = spanAround({ ...each, views }, (rule) => windowKind(rule).silence);
      // One side at its bound does not end the reading of the other.
      const whole = span.from >= read.from && span.to <= read.to;
      const { user } = each.account;
      if (whole || (rows.get(user) ?? 0) >= mostRows) {
        cases.push({ ...each, views, bounded: clipped || !whole || cut.has(user) });
      } else {
        unfinished.push({ ...each, views });
      }
    }
    open = unfinished;
  }
  return cases;
}

async function readHeads(detector: Detector, touched: Activity): Promise<ViewedAccount> {
  const { workspaceId, rules, store } = detector;
  const views: RuleView[] = [];
  for (const rule of rules) {
    const subject = { rule: rule.id, workspaceId, ...touched.account };
    const head = await store.readHead(subject, touched.span.from - farthest);
    views.push(look(touched, { rule, head }, []));
  }
  return { ...touched, views };
}

/** The view of a rule, given the sightings of a span. What was touched counts as a streak without denials. */
function look(
  { account, span }: Activity,
  { rule, head }: Pick<RuleView, "rule" | "head">,
  sightings: readonly Sighting[],
): RuleView {
  // Stryker disable next-line ArrayDeclaration: what lies together is told by extents alone.
  const activeStreak: Streak = { denials: [], extent: span, triggeredAt: null };
  const prompts = promptsOf(rule, account.user, sightings);
  const streaks = [activeStreak, ...streaksIn(rule, prompts)];
  const around = findNeighbourhoods(rule, streaks, head.bursts).find((each) =>
    each.streaks.includes(activeStreak),
  );
  return {
    rule,
    head,
    // Stryker disable next-line ArrayDeclaration,OptionalChaining: only for the compiler, every streak lies somewhere.
    streaks: (around?.streaks ?? []).filter((streak) => streak !== activeStreak),
    prompts,
    // Stryker disable next-line OptionalChaining: as above.
    hull: around?.extent ?? span,
  };
}

function spanAround(
  { span: touched, views }: ViewedAccount,
  windows: (rule: Rule) => number,
): { readonly span: Range; readonly clipped: boolean } {
  const asked = views
    .map(({ rule, hull }) => {
      const margin = windows(rule) * rule.windowMs;
      return { from: hull.from - margin, to: hull.to + margin };
    })
    .reduce(union, touched);
  const span = {
    from: Math.max(asked.from, touched.from - farthest),
    to: Math.min(asked.to, touched.to + farthest),
  };
  return { span, clipped: span.from > asked.from || span.to < asked.to };
}
