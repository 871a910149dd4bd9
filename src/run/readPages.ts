import type { Fields } from "../detection/signin/fields.ts";
import type { Detector } from "./detector.ts";
import type { LogQuery, Range, SignInSource } from "./ports.ts";
import { halve, readWhole } from "./readWhole.ts";
import type { LogSeen } from "./vitals.ts";

/** Maximum length of a page (ms): about an answer for a large tenant, and few queries after a long outage. */
const longestPage = 6 * 3_600_000;

/** The length of the first page if nothing is known about the load (ms). Longer ones would be thrown away in large tenants. */
const carefulPage = 15 * 60_000;

/**
 * The share of an answer (0 to 1) that a page is planned to fill at the highest load of the last day. Longer pages
 * would fit at night, but the first one of the morning would be thrown away.
 */
const plannedShare = 0.75;

/** A page is planned for at most this many times the load of the last one, whatever the highest load of the day was. */
const steepest = 4;

/** A page is planned as if the load grew once more as it grew with the last one, but no more than this many times. */
const steepestGrowth = 2;

const day = 86_400_000;

/** All rows of a range of the log. It ends early if the service does not know all of what was asked for yet. */
export interface Page extends Range {
  readonly rows: readonly Fields[];
  /** All rows of the page; null if the service did not count them. */
  readonly seen: LogSeen | null;
  /** Whether nothing more can be read now, because the range or the service's knowledge ends here. */
  readonly isLast: boolean;
  /** Whether it lies before the range. */
  readonly isEarlier: boolean;
}

export interface PagesQuery {
  readonly by: LogQuery["by"];
  readonly range: Range;
  /** How long before the range to begin (ms), if one answer has room for that. Absent: with the range. */
  readonly recall?: number;
  /**
   * How many rows to expect. Only the length of the first page depends on it. Null: it is short, and the next ones
   * grow. Absent: few rows.
   */
  readonly rowsPerMs?: number | null;
  /** Only the first page of the range is read after this time (epoch ms). Absent: all of the range is read. */
  readonly until?: number;
}

/** Reads a range in pages, oldest first, and halves a page that is too large for one answer. */
export async function* readPages(
  detector: Pick<Detector, "source" | "clock" | "ingestionSafetyMs">,
  { by, range, recall = 0, rowsPerMs = 0, until = Infinity }: PagesQuery,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const { source, clock } = detector;
  let length = rowsPerMs === null ? carefulPage : plannedLength(source, rowsPerMs);
  let from = range.from - (recall <= length ? recall : 0);
  let rates: readonly Rate[] = [{ at: from, perMs: rowsPerMs ?? 0 }];
  while (from < range.to) {
    signal.throwIfAborted();
    const isEarlier = from < range.from;
    const wanted = { from, to: Math.min(from + length, isEarlier ? range.from : range.to) };
    const { asked, to, ...read } = await readPage(
      detector,
      { by, range: wanted, users: null, shard: null },
      signal,
    );
    // A service whose clock is behind knows a moment more every time, so it is not asked again.
    const isLast = to >= range.to || to < asked.to;
    yield { ...read, from, to, isLast, isEarlier };
    if (isLast || (!isEarlier && clock.now() >= until)) {
      return;
    }
    from = to;
    const rate = { at: to, perMs: read.rows.length / (asked.to - asked.from) };
    rates = [...rates.filter(({ at }) => at > to - day), rate];
    length = Math.min(2 * (asked.to - asked.from), plannedLength(source, expectedRate(rates)));
  }
}

/** The rows per millisecond of a page that ended at a time. */
interface Rate {
  readonly at: number;
  readonly perMs: number;
}

/** Returns how many rows per millisecond to expect after some pages: as many as in any of them, or than they grew to. */
function expectedRate(rates: readonly Rate[]): number {
  const fastest = Math.max(...rates.map(({ perMs }) => perMs));
  const [before = 0, last = 0] = rates.slice(-2).map(({ perMs }) => perMs);
  const growth = before === 0 ? 1 : Math.min(steepestGrowth, last / before);
  return Math.max(Math.min(fastest, steepest * last), growth * last);
}

/** Returns how long a page can be (ms) so that one answer has room for it. */
function plannedLength({ pageRows = Infinity }: SignInSource, rowsPerMs: number): number {
  const fits = rowsPerMs === 0 ? Infinity : (plannedShare * pageRows) / rowsPerMs;
  return Math.max(1, Math.floor(Math.min(longestPage, fits)));
}

interface Read extends Pick<Page, "rows" | "seen"> {
  readonly asked: Range;
  /** Where the range ends that the answer covers completely. */
  readonly to: number;
}

async function readPage(
  { source, ingestionSafetyMs }: Pick<Detector, "source" | "ingestionSafetyMs">,
  query: LogQuery,
  signal: AbortSignal,
): Promise<Read> {
  let servedAt = Infinity;
  let seen: LogSeen | null = null;
  const ask = async (part: LogQuery) => {
    const given = await source.candidates(part, signal);
    servedAt = Math.min(servedAt, given.kind === "whole" ? given.servedAt : Infinity);
    seen = given.kind === "whole" ? (given.seen ?? null) : null;
    return given;
  };
  const readOf = (rows: readonly Fields[]): Read => {
    // Both the service's clock and ours limit the range. A clock that is ahead would skip rows still to come.
    const known = Math.floor(servedAt) - ingestionSafetyMs;
    const { to } = query.range;
    const end = query.by === "ingested" ? Math.min(to, known) : to;
    return { rows, seen, to: end, asked: query.range };
  };
  const answer = await ask(query);
  if (answer.kind === "whole") {
    return readOf(answer.rows);
  }
  const [first, second] = halve(query, answer.reason);
  if (first.shard === null) {
    return readPage({ source, ingestionSafetyMs }, first, signal);
  }
  const rows = await readWhole(ask, first);
  return readOf(rows.concat(await readWhole(ask, second)));
}
