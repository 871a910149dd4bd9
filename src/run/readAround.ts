import { classify } from "../detection/signin/classify.ts";
import type { Fields } from "../detection/signin/fields.ts";
import type { RowAccount } from "../detection/signin/account.ts";
import type { Approval } from "../detection/signin/sighting.ts";
import { SightingTable } from "../detection/prompts/sightingTable.ts";
import { inParallel } from "./inParallel.ts";
import type { LogAnswer, LogQuery, Range, SignInSource } from "./ports.ts";
import { halve, readWhole } from "./readWhole.ts";

const hour = 3_600_000;

/** How far the `TimeGenerated` of a row may lie before and after the event it reports, in milliseconds. */
export const publicationLag = { before: hour, after: 72 * hour } as const;

/** The number of names in one query, some 40 characters each. It is far below the limit of a query and keeps answers to a page. */
export const usersPerQuery = 1_000;

/** Yields users in groups of as many as one query can name. */
export function* userGroups(users: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < users.length; start += usersPerQuery) {
    yield users.slice(start, start + usersPerQuery);
  }
}

/** Rows per user that are enough. Once they are reached, rows further away from the core are not read. */
export const mostRows = 10_000;

/**
 * How much longer the range of a query may be than the spans that share it (ms). Every query spans three days more
 * anyway, for rows that are published late.
 */
const farApart = 24 * hour;

/** Concurrent queries. The source may allow fewer. */
const queriesAtOnce = 8;

export interface UserSpan {
  /** All names of one account. */
  readonly names: readonly string[];
  readonly span: Range;
}

/** A span, and the core of it that is read no matter how many rows there are. */
export interface CoredSpan extends UserSpan {
  readonly core: Range;
}

export interface SightingsAround {
  readonly table: SightingTable;
  /** By any name of the account. */
  readonly rows: ReadonlyMap<string, number>;
  /** Names of accounts with too many rows, so that their spans were not fully read. */
  readonly cut: ReadonlySet<string>;
}

/** Reads the candidates of users, each in a span of event time, from its core outwards. */
export async function readSightings(
  source: SignInSource,
  wanted: readonly CoredSpan[],
  signal: AbortSignal,
): Promise<SightingsAround> {
  const table = new SightingTable();
  const ownersOf = new Map(wanted.flatMap((each) => each.names.map((name) => [name, each])));
  const reading: Outwards = {
    ask: (query) => source.candidates(query, signal),
    rows: new Map(),
    cut: new Set(),
    take(record) {
      const { account, sightings: shown } = classify(record);
      if (account !== null) {
        const owner = ownersOf.get(account.user) ?? ownersOf.get(account.name ?? "");
        for (const name of owner?.names ?? []) {
          reading.rows.set(name, (reading.rows.get(name) ?? 0) + 1);
        }
        shown.forEach((sighting) => table.add(account, sighting));
      }
    },
  };
  await inParallel(groupsOf(wanted, farApart), queriesAtOnce, (group) => readGroup(reading, group));
  return { table, rows: reading.rows, cut: reading.cut };
}

/** Reads users together. If that is too much for an answer, reads those apart whose spans are. */
async function readGroup(reading: Outwards, group: readonly CoredSpan[]): Promise<void> {
  const query = queryOf(group);
  const answer = await reading.ask(query);
  if (answer.kind === "whole") {
    answer.rows.forEach(reading.take);
    return;
  }
  const nearer = groupsOf(group, hour);
  if (nearer.length > 1) {
    for (const part of nearer) {
      await readGroup(reading, part);
    }
    return;
  }
  await readParts(reading, query, coreOf(group), answer.reason);
}

/** What was read about some users, and the number of rows of each. */
interface Outwards {
  readonly ask: (query: LogQuery) => Promise<LogAnswer>;
  readonly take: (record: Fields) => void;
  readonly rows: Map<string, number>;
  readonly cut: Set<string>;
}

/**
 * Reads a part of a range. Users who already have enough rows are left out further away, so that
 * the rows of one user cannot use up the time and memory for all.
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
  await readParts(reading, asked, core, answer.reason);
}

/** Reads a range in parts, those nearest to the core first. */
async function readParts(
  reading: Outwards,
  asked: LogQuery,
  core: Range,
  reason: string,
): Promise<void> {
  const parts = splitAround(asked.range, core)?.map((range) => ({ ...asked, range }));
  const nearestFirst = (parts ?? halve(asked, reason)).toSorted(
    (a, b) => distance(a.range, core) - distance(b.range, core),
  );
  for (const part of nearestFirst) {
    await readOutwards(reading, part, core);
  }
}

/** Returns the core, and the parts before and after it; null if it does not lie within the range. */
function splitAround({ from, to }: Range, core: Range): readonly Range[] | null {
  // Stryker disable next-line EqualityOperator: a range that begins or ends with the core has nothing beyond it.
  const isWithin = from < core.from && core.to < to;
  return isWithin ? [core, { from, to: core.from }, { from: core.to, to }] : null;
}

/** Returns the gap between two ranges, up to and including the first moment of the later one; 0 if they overlap. */
function distance(a: Range, b: Range): number {
  return Math.max(0, a.from - b.to + 1, b.from - a.to + 1);
}

/** Returns the time at which rows about the cores are ingested, unless they are late. */
function coreOf(group: readonly CoredSpan[]): Range {
  return {
    from: Math.min(...group.map(({ core }) => core.from)),
    to: Math.max(...group.map(({ core }) => core.to)) + hour,
  };
}

/** Reads the fresh approvals of users, each in a span of event time. May return those of others, too. */
export async function readApprovalsAround(
  source: SignInSource,
  wanted: readonly UserSpan[],
  signal: AbortSignal,
): Promise<readonly (readonly [RowAccount, Approval])[]> {
  const approvals: (readonly [RowAccount, Approval])[] = [];
  const take = (record: Fields) => {
    const { account, approvals: found } = classify(record);
    if (account !== null) {
      found.forEach((approval) => approvals.push([account, approval]));
    }
  };
  await inParallel(groupsOf(wanted, farApart), queriesAtOnce, async (group) => {
    const rows = await readWhole((query) => source.approvals(query, signal), queryOf(group));
    rows.forEach(take);
  });
  return approvals;
}

/**
 * Groups users by query. No span of a query is much longer than the others in it.
 *
 * @param apart how much longer a query may be than the spans in it (ms)
 */
function groupsOf<T extends UserSpan>(
  wanted: readonly T[],
  apart: number,
): readonly (readonly T[])[] {
  const groups: T[][] = [];
  let common: Range = { from: 0, to: 0 };
  let shortest = -Infinity;
  for (const each of wanted.toSorted((a, b) => a.span.from - b.span.from)) {
    const { span } = each;
    const joined = { from: common.from, to: Math.max(common.to, span.to) };
    shortest = Math.min(shortest, span.to - span.from);
    const group = groups.at(-1);
    if (group !== undefined && joined.to - joined.from <= shortest + apart) {
      group.push(each);
      common = joined;
    } else {
      groups.push([each]);
      common = span;
      shortest = span.to - span.from;
    }
  }
  return groups.flatMap(chunk);
}

function queryOf(group: readonly UserSpan[]): LogQuery {
  const from = Math.min(...group.map(({ span }) => span.from));
  const to = Math.max(...group.map(({ span }) => span.to));
  return {
    by: "generated",
    range: { from: from - publicationLag.before, to: to + publicationLag.after },
    users: [...new Set(group.flatMap(({ names }) => names))],
    shard: null,
  };
}

/** Splits spans into groups with a limited number of names. Only an account that has more by itself exceeds it. */
function chunk<T extends UserSpan>(spans: readonly T[]): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  let names = Infinity;
  for (const span of spans) {
    names += span.names.length;
    if (names > usersPerQuery) {
      chunks.push([]);
      names = span.names.length;
    }
    chunks.at(-1)?.push(span);
  }
  return chunks;
}
