import { decideAccounts } from "./decideAccounts.ts";
import { deliverClaimed } from "./deliverDue.ts";
import type { Detector } from "./detector.ts";
import { inAdvance } from "./inAdvance.ts";
import type { Range } from "./ports.ts";
import { RecentSightings } from "./recentSightings.ts";
import { outsideSending, timedItems, timedSource } from "./readingTime.ts";
import { readPages, type Page, type PagesQuery } from "./readPages.ts";
import type { SendBudget } from "./sendBudget.ts";
import { touch, ActiveAccounts } from "./newActivity.ts";
import { addDecisions, type RunTotals } from "./runTotals.ts";
import { warnOfHidden } from "./warnOfHidden.ts";

const always: Range = { from: -Infinity, to: Infinity };

/** With `recall`, what accounts did before the range is known, so that the first steps read around few of them. */
export interface Sweep extends PagesQuery {
  /** Ignores denials that happened outside this range. Absent: none are ignored. */
  readonly happenedIn?: Range;
  /** Returns accounts to look at for reasons other than a denial ingested in the step. */
  readonly alsoActive?: (step: Range) => Promise<ActiveAccounts>;
  /** How many pages may wait while earlier ones are judged. A step is all that wait. Absent: none, a step is a page. */
  readonly pagesAhead?: number;
}

/** A completed step: decided, recorded, and sent as far as possible. */
export interface Swept extends Range {
  /** The pages of the step. The last may have rows of the next step. */
  readonly pages: readonly Page[];
  /** Whether nothing more can be read now, because the range or the service's knowledge ends here. */
  readonly isLast: boolean;
}

/**
 * The only path from the log to incidents, shared by scheduled runs, catching up, the daily second look and
 * backfills. Goes through a range in steps, oldest first. Yields a step once all of it is decided and recorded, and
 * everything that could be sent is sent.
 */
export async function* sweep(
  given: Detector,
  { happenedIn = always, alsoActive, pagesAhead = 0, ...asked }: Sweep,
  sending: SendBudget,
  work: RunTotals,
  signal: AbortSignal,
): AsyncGenerator<Swept> {
  const timed = outsideSending(given.clock, sending);
  const detector = { ...given, source: timedSource(given.source, timed) };
  const recent = new RecentSightings(asked.by);
  const steps = inAdvance((ending) => readPages(given, asked, ending), pagesAhead, signal);
  for await (const read of timedItems(steps, timed)) {
    signal.throwIfAborted();
    read.filter(({ isEarlier }) => isEarlier).forEach((page) => recent.recall(page, given.rules));
    const pages = read.filter(({ isEarlier }) => !isEarlier);
    const [first, last] = [pages[0], pages.at(-1)];
    if (first === undefined || last === undefined) {
      continue;
    }
    const { from } = first;
    const { to, isLast } = last;
    const touched = (to > from && (await alsoActive?.({ from, to }))) || new ActiveAccounts();
    for (const page of pages) {
      recent.begin(page.from);
      work.denials += touch(
        page.rows,
        detector.rules,
        happenedIn,
        work.counts,
        touched,
        work.excluded,
        (account, sightings) => recent.note(account, sightings),
      );
    }
    const decided = await decideAccounts(detector, touched.list(), sending, signal, recent);
    addDecisions(work, decided);
    warnOfHidden(detector, decided.decisions);
    await deliverClaimed(detector, decided.claimed, sending, work);
    if (to > from) {
      yield { from, to, pages, isLast };
    }
  }
}
