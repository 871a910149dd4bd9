import type { Fields } from "../detection/signin/fields.ts";
import { decideAccounts } from "./decideAccounts.ts";
import { deliverClaimed } from "./deliverDue.ts";
import type { Detector } from "./detector.ts";
import type { LogQuery, Range, SignInSource } from "./ports.ts";
import { RecentSightings } from "./recentSightings.ts";
import { withoutSendingTime } from "./readingTime.ts";
import { halve, readWhole } from "./readWhole.ts";
import type { LogSeen } from "./vitals.ts";
import type { SendBudget } from "./sendBudget.ts";
import { touch, ActiveAccounts } from "./newActivity.ts";
import { addDecisions, type RunTotals } from "./runTotals.ts";
import { warnOfHidden } from "./warnOfHidden.ts";

/** Maximum length of a step (ms): about a page for a large tenant, and few queries after a long outage. */
const longestStep = 6 * 3_600_000;

/**
 * The share of an answer (0 to 1) that a step is planned to fill at the highest load of the last day. Longer steps
 * would fit at night, but the first one of the morning would be thrown away.
 */
const plannedShare = 0.75;

/** A step is planned for at most this many times the load of the last one, whatever the highest load of the day was. */
const steepest = 4;

const day = 86_400_000;

const always: Range = { from: -Infinity, to: Infinity };

export interface Sweep {
  readonly by: LogQuery["by"];
  readonly range: Range;
  /** Ignores denials that happened outside this range. Absent: none are ignored. */
  readonly happenedIn?: Range;
  /** How many rows to expect. Only the length of the first step depends on it. */
  readonly rowsPerMs?: number;
  /** Returns accounts to look at for reasons other than a denial ingested in the step. */
  readonly alsoActive?: (step: Range) => Promise<ActiveAccounts>;
}

/** A completed step: decided, recorded, and sent as far as possible. */
export interface Swept extends Range {
  /** All rows of the step; null if the service did not count them. */
  readonly seen: LogSeen | null;
  /** The rows that were read, perhaps including some of the next step. */
  readonly rows: readonly Fields[];
  /** Whether nothing more can be read now, because the range or the service's knowledge ends here. */
  readonly isLast: boolean;
}

/**
 * The only path from the log to incidents, shared by scheduled runs, catching up, the daily second look and
 * backfills. Goes through a range in steps, oldest first, and halves a step that is too large for one answer.
 * Yields a step once all of it is decided and recorded, and everything that could be sent is sent.
 */
export async function* sweep(
  given: Detector,
  { by, range, happenedIn = always, alsoActive, rowsPerMs = 0 }: Sweep,
  sending: SendBudget,
  work: RunTotals,
  signal: AbortSignal,
): AsyncGenerator<Swept> {
  const source = withoutSendingTime(given.source, given.clock, sending);
  const detector = { ...given, source };
  const recent = new RecentSightings(by);
  let length = plannedLength(source, rowsPerMs);
  let rates: readonly { readonly at: number; readonly perMs: number }[] = [];
  let from = range.from;
  while (from < range.to) {
    signal.throwIfAborted();
    const wanted = { from, to: Math.min(from + length, range.to) };
    const step = await readStep(detector, { by, range: wanted, users: null, shard: null }, signal);
    const { to } = step.range;
    const touched = (to > from && (await alsoActive?.(step.range))) || new ActiveAccounts();
    recent.begin(from);
    work.denials += touch(
      step.rows,
      detector.rules,
      happenedIn,
      work.counts,
      touched,
      work.excluded,
      (account, sightings) => recent.note(account, sightings),
    );
    const decided = await decideAccounts(detector, touched.list(), sending, signal, recent);
    addDecisions(work, decided);
    warnOfHidden(detector, decided.decisions);
    await deliverClaimed(detector, decided.claimed, sending, work);
    // A service whose clock is behind knows a moment more every time, so it is not asked again.
    const isLast = to >= range.to || to < step.asked.to;
    if (to > from) {
      yield { from, to, rows: step.rows, isLast, seen: step.seen };
      from = to;
    }
    if (isLast) {
      return;
    }
    const asked = step.asked.to - step.asked.from;
    const rate = { at: to, perMs: step.rows.length / asked };
    rates = [...rates.filter(({ at }) => at > to - day), rate];
    const fastest = Math.max(...rates.map(({ perMs }) => perMs));
    length = Math.min(2 * asked, plannedLength(source, Math.min(fastest, steepest * rate.perMs)));
  }
}

/** Returns how long a step can be (ms) so that one answer has room for it. */
function plannedLength({ pageRows = Infinity }: SignInSource, rowsPerMs: number): number {
  const fits = rowsPerMs === 0 ? Infinity : (plannedShare * pageRows) / rowsPerMs;
  return Math.max(1, Math.floor(Math.min(longestStep, fits)));
}

interface Step {
  readonly rows: readonly Fields[];
  readonly seen: LogSeen | null;
  /** The range that the answer covers completely. */
  readonly range: Range;
  readonly asked: Range;
}

async function readStep(
  { source, ingestionSafetyMs }: Pick<Detector, "source" | "ingestionSafetyMs">,
  query: LogQuery,
  signal: AbortSignal,
): Promise<Step> {
  let servedAt = Infinity;
  let seen: LogSeen | null = null;
  const ask = async (part: LogQuery) => {
    const given = await source.candidates(part, signal);
    servedAt = Math.min(servedAt, given.kind === "whole" ? given.servedAt : Infinity);
    seen = given.kind === "whole" ? (given.seen ?? null) : null;
    return given;
  };
  const stepOf = (rows: readonly Fields[]): Step => {
    // Both the service's clock and ours limit the range. A clock that is ahead would skip rows still to come.
    const known = Math.floor(servedAt) - ingestionSafetyMs;
    const { from, to } = query.range;
    const end = query.by === "ingested" ? Math.min(to, known) : to;
    return { rows, seen, range: { from, to: end }, asked: query.range };
  };
  const answer = await ask(query);
  if (answer.kind === "whole") {
    return stepOf(answer.rows);
  }
  const [first, second] = halve(query, answer.reason);
  if (first.shard === null) {
    return readStep({ source, ingestionSafetyMs }, first, signal);
  }
  const rows = await readWhole(ask, first);
  return stepOf(rows.concat(await readWhole(ask, second)));
}
