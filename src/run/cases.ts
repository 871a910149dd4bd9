import type { Run } from "../detection/bursts/burst.ts";
import { promptsOf, runsIn } from "../detection/bursts/countDenials.ts";
import { findNeighbourhoods, union } from "../detection/decisions/neighbourhood.ts";
import type { Prompt } from "../detection/prompts/prompt.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Sighting } from "../detection/signin/sighting.ts";
import type { Detector } from "./detector.ts";
import { accountName } from "../detection/prompts/evidence.ts";
import { inParallel } from "./inParallel.ts";
import type { Head, Range } from "./ports.ts";
import { mostRows, readSightings } from "./surroundings.ts";
import type { Touched } from "./touched.ts";

/** Bound of reading outwards from what was touched; beyond it counts say "at least". */
const farthest = 24 * 3_600_000;

/** Requests to the state at once. */
export const stateRequests = 8;

/** One rule's view of an account. */
export interface View {
  readonly rule: Rule;
  readonly head: Head;
  /** The runs that what was touched belongs to, whole. */
  readonly runs: readonly Run[];
  /** All prompts of the account that were read, counted or not. */
  readonly prompts: readonly Prompt[];
  /** Around what was touched, those runs and the recorded bursts that they belong to. */
  readonly hull: Range;
}

interface Viewed extends Touched {
  readonly views: readonly View[];
}

/** An account with all that is needed to judge it. */
export interface Case extends Viewed {
  /** Reading stopped at a bound, so that runs may be longer than they look. */
  readonly bounded: boolean;
}

/** How far from a hull to look, in windows: what silence takes to be sure of, and what saves a second look. */
const sure = { sliding: 1, tumbling: 2 } as const;
const generous = { sliding: 4, tumbling: 4 } as const;

/**
 * Reads what is recorded of accounts and then, until there is silence on both sides, what the log shows
 * around the times that were touched. In this order, so that a view of the log is newer than the head it
 * is judged against.
 */
export async function readCases(
  detector: Detector,
  touched: readonly Touched[],
  signal: AbortSignal,
): Promise<readonly Case[]> {
  let open = await inParallel(touched, stateRequests, (each) => readHeads(detector, each));
  const cases: Case[] = [];
  // Twice as far each time, so that a burst without end takes few looks.
  for (let times = 1; open.length > 0; times *= 2) {
    const reads = open.map((each) => spanAround(each, generous, times).span);
    const { sightings, rows, cut } = await readSightings(
      detector.source,
      open.map(({ account: { user }, span: core }, index) => ({
        user,
        span: reads[index] ?? core,
        core,
      })),
      signal,
    );
    const unfinished: Viewed[] = [];
    for (const [index, each] of open.entries()) {
      const name = accountName(each.account);
      const seen = sightings.get(name) ?? [];
      const views = each.views.map((view) => look(each, view, seen));
      const read = reads[index] ?? each.span;
      const { span, clipped } = spanAround({ ...each, views }, sure);
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

async function readHeads(detector: Detector, touched: Touched): Promise<Viewed> {
  const { workspaceId, rules, store } = detector;
  const views: View[] = [];
  for (const rule of rules) {
    const subject = { rule: rule.id, workspaceId, ...touched.account };
    const head = await store.readHead(subject, touched.span.from - farthest);
    views.push(look(touched, { rule, head }, []));
  }
  return { ...touched, views };
}

/** The view of a rule, given the sightings of a span. What was touched counts as a run without denials. */
function look(
  { account, span }: Touched,
  { rule, head }: Pick<View, "rule" | "head">,
  sightings: readonly Sighting[],
): View {
  // Stryker disable next-line ArrayDeclaration: what lies together is told by extents alone.
  const touchedRun: Run = { denials: [], extent: span, triggeredAt: null };
  const prompts = promptsOf(rule, account.user, sightings);
  const runs = [touchedRun, ...runsIn(rule, prompts)];
  const around = findNeighbourhoods(rule, runs, head.bursts).find((each) =>
    each.runs.includes(touchedRun),
  );
  return {
    rule,
    head,
    // Stryker disable next-line ArrayDeclaration,OptionalChaining: only for the compiler, every run lies somewhere.
    runs: (around?.runs ?? []).filter((run) => run !== touchedRun),
    prompts,
    // Stryker disable next-line OptionalChaining: as above.
    hull: around?.extent ?? span,
  };
}

function spanAround(
  { span: touched, views }: Viewed,
  windows: Readonly<Record<Rule["kind"], number>>,
  times = 1,
): { readonly span: Range; readonly clipped: boolean } {
  const asked = views
    .map(({ rule, hull }) => {
      const margin = windows[rule.kind] * times * rule.windowMs;
      return { from: hull.from - margin, to: hull.to + margin };
    })
    .reduce(union, touched);
  const span = {
    from: Math.max(asked.from, touched.from - farthest),
    to: Math.min(asked.to, touched.to + farthest),
  };
  return { span, clipped: span.from > asked.from || span.to < asked.to };
}
