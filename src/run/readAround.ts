import { classify } from "../detection/signin/classify.ts";
import type { Fields } from "../detection/signin/fields.ts";
import type { RowAccount } from "../detection/signin/account.ts";
import type { Approval } from "../detection/signin/sighting.ts";
import { SightingTable } from "../detection/prompts/sightingTable.ts";
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
  /** Everything that one account goes by. */
  readonly names: readonly string[];
  readonly span: Range;
}

/** A span, and what of it is read however many rows there are. */
export interface CoredSpan extends UserSpan {
  readonly core: Range;
}

export interface SightingsAround {
  readonly table: SightingTable;
  /** By any name of the account. */
  readonly rows: ReadonlyMap<string, number>;
  /** Names of accounts with so many rows that not all of their spans was read. */
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
  await inParallel(groupsOf(wanted), queriesAtOnce, (group) =>
    readOutwards(reading, queryOf(group), coreOf(group)),
  );
  return { table, rows: reading.rows, cut: reading.cut };
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

/** Reads the fresh approvals of users, each in a span of event time, and perhaps those of others. */
export async function readApprovals(
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
  return [...groups.values()].flatMap(chunk);
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

/** With at most so many names in each, but for an account that has more. */
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
