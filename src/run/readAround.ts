import { classify } from "../detection/signin/classify.ts";
import type { Fields } from "../detection/signin/fields.ts";
import type { Approval, Sighting } from "../detection/signin/sighting.ts";
import { accountName, Evidence } from "../detection/prompts/evidence.ts";
import { inParallel } from "./inParallel.ts";
import type { LogAnswer, LogQuery, Range, SignInSource } from "./ports.ts";
import { halve, readWhole } from "./readWhole.ts";

const hour = 3_600_000;

/** `TimeGenerated` of a row lies this far before, and after, the time that it tells of. */
export const publicationLag = { before: hour, after: 72 * hour } as const;

/** Users named in one query: far below what a query may hold, and an answer stays a page. */
export const usersPerQuery = 200;

/** Rows of a user that are enough: what lies further from the core than they reach is not read. */
export const mostRows = 10_000;

/** Queries under way at once; the source may let fewer through. */
const queriesAtOnce = 8;

export interface UserSpan {
  readonly user: string;
  readonly span: Range;
}

/** A span, and what of it is read however many rows there are. */
export interface CoredSpan extends UserSpan {
  readonly core: Range;
}

export interface SightingsAround {
  /** By account. */
  readonly sightings: ReadonlyMap<string, readonly Sighting[]>;
  /** By user. */
  readonly rows: ReadonlyMap<string, number>;
  /** Users with so many rows that not all of their spans was read. */
  readonly cut: ReadonlySet<string>;
}

/** Reads the candidates of users, each in a span of event time, from its core outwards. */
export async function readSightings(
  source: SignInSource,
  wanted: readonly CoredSpan[],
  signal: AbortSignal,
): Promise<SightingsAround> {
  const evidence = new Evidence();
  const reading: Outwards = {
    ask: (query) => source.candidates(query, signal),
    rows: new Map(),
    cut: new Set(),
    take(record) {
      const { account, sightings: shown } = classify(record);
      if (account !== null) {
        reading.rows.set(account.user, (reading.rows.get(account.user) ?? 0) + 1);
        shown.forEach((sighting) => evidence.add(account, sighting));
      }
    },
  };
  await inParallel(groupsOf(wanted), queriesAtOnce, (group) =>
    readOutwards(reading, queryOf(group), coreOf(group)),
  );
  const sightings = new Map<string, readonly Sighting[]>();
  for (const [account, seen] of evidence) {
    sightings.set(accountName(account), seen);
  }
  return { sightings, rows: reading.rows, cut: reading.cut };
}

/** What is read of some users, and how much there was of each. */
interface Outwards {
  readonly ask: (query: LogQuery) => Promise<LogAnswer>;
  readonly take: (record: Fields) => void;
  readonly rows: Map<string, number>;
  readonly cut: Set<string>;
}

/**
 * Reads what is nearest to the core first. Further away, users of whom there is enough are left out, so that one
 * with rows without end takes neither the time nor the memory that all of them would.
 */
async function readOutwards(reading: Outwards, query: LogQuery, core: Range): Promise<void> {
  // Stryker disable next-line ArrayDeclaration: only for the compiler, these queries name users.
  const named = query.users ?? [];
  const users = named.filter(
    (user) => distance(query.range, core) === 0 || (reading.rows.get(user) ?? 0) < mostRows,
  );
  named.filter((user) => !users.includes(user)).forEach((user) => reading.cut.add(user));
  if (users.length === 0) {
    return;
  }
  const asked = { ...query, users };
  const answer = await reading.ask(asked);
  if (answer.kind === "whole") {
    answer.rows.forEach(reading.take);
    return;
  }
  const parts = splitAround(query.range, core)?.map((range) => ({ ...asked, range }));
  const nearestFirst = (parts ?? halve(asked, answer.reason)).toSorted(
    (a, b) => distance(a.range, core) - distance(b.range, core),
  );
  for (const part of nearestFirst) {
    await readOutwards(reading, part, core);
  }
}

/** The core, then what lies before and after it; null where it does not lie within the range. */
function splitAround({ from, to }: Range, core: Range): readonly Range[] | null {
  // Stryker disable next-line EqualityOperator: what begins or ends with the core holds no more than it.
  const isWithin = from < core.from && core.to < to;
  return isWithin ? [core, { from, to: core.from }, { from: core.to, to }] : null;
}

/** What lies between two ranges and the first moment of the later one; 0 where they share a moment. */
function distance(a: Range, b: Range): number {
  return Math.max(0, a.from - b.to + 1, b.from - a.to + 1);
}

/** When the rows that tell of the cores are stored, unless they are late. */
function coreOf(group: readonly CoredSpan[]): Range {
  return {
    from: Math.min(...group.map(({ core }) => core.from)),
    to: Math.max(...group.map(({ core }) => core.to)) + hour,
  };
}

/** Reads the fresh approvals of users, each in a span of event time. */
export async function readApprovals(
  source: SignInSource,
  wanted: readonly UserSpan[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Approval[]>> {
  const approvals = new Map<string, Approval[]>();
  const take = (record: Fields) => {
    const { account, approvals: found } = classify(record);
    if (account !== null) {
      const name = accountName(account);
      const held = approvals.get(name);
      if (held === undefined) {
        approvals.set(name, [...found]);
      } else {
        held.push(...found);
      }
    }
  };
  await inParallel(groupsOf(wanted), queriesAtOnce, async (group) => {
    const rows = await readWhole((query) => source.approvals(query, signal), queryOf(group));
    rows.forEach(take);
  });
  return approvals;
}

/** Users whose spans begin and end within the same hours share a query. */
function groupsOf<T extends UserSpan>(wanted: readonly T[]): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const each of wanted) {
    const name = `${Math.floor(each.span.from / hour)}-${Math.floor(each.span.to / hour)}`;
    const group = groups.get(name);
    if (group === undefined) {
      groups.set(name, [each]);
    } else {
      group.push(each);
    }
  }
  return [...groups.values()].flatMap((group) => chunk(group, usersPerQuery));
}

function queryOf(group: readonly UserSpan[]): LogQuery {
  const from = Math.min(...group.map(({ span }) => span.from));
  const to = Math.max(...group.map(({ span }) => span.to));
  return {
    by: "generated",
    range: { from: from - publicationLag.before, to: to + publicationLag.after },
    users: [...new Set(group.map(({ user }) => user))],
    shard: null,
  };
}

function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
