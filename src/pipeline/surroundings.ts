import { classify } from "../detection/classify.ts";
import type { Fields } from "../detection/fields.ts";
import type { Approval, Sighting } from "../detection/sighting.ts";
import { accountName, Evidence } from "./evidence.ts";
import type { LogQuery, Range, SignInSource } from "./ports.ts";
import { readWhole } from "./readWhole.ts";

const hour = 3_600_000;

/** `TimeGenerated` of a row lies this far before, and after, the time that it tells of. */
export const publicationLag = { before: hour, after: 72 * hour } as const;

/** Users named in one query: far below what a query may hold, and an answer stays a page. */
export const usersPerQuery = 200;

export interface UserSpan {
  readonly user: string;
  readonly span: Range;
}

/** Everything that the log shows of some users in a span, by account. */
export interface Surroundings {
  readonly sightings: ReadonlyMap<string, readonly Sighting[]>;
  readonly rows: ReadonlyMap<string, number>;
}

/** Reads the candidates of users, each in a span of event time. */
export async function readSightings(
  source: SignInSource,
  wanted: readonly UserSpan[],
  signal: AbortSignal,
): Promise<Surroundings> {
  const evidence = new Evidence();
  const rows = new Map<string, number>();
  await askInGroups(
    wanted,
    (query) => source.candidates(query, signal),
    (record) => {
      const { account, sightings: shown } = classify(record);
      if (account === null || shown.length === 0) {
        return;
      }
      const name = accountName(account);
      rows.set(name, (rows.get(name) ?? 0) + 1);
      shown.forEach((sighting) => evidence.add(account, sighting));
    },
  );
  const sightings = new Map<string, readonly Sighting[]>();
  for (const [account, seen] of evidence) {
    sightings.set(accountName(account), seen);
  }
  return { sightings, rows };
}

/** Reads the fresh approvals of users, each in a span of event time. */
export async function readApprovals(
  source: SignInSource,
  wanted: readonly UserSpan[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Approval[]>> {
  const approvals = new Map<string, Approval[]>();
  await askInGroups(
    wanted,
    (query) => source.approvals(query, signal),
    (record) => {
      const { account, approvals: found } = classify(record);
      if (account !== null && found.length > 0) {
        const name = accountName(account);
        const held = approvals.get(name);
        if (held === undefined) {
          approvals.set(name, [...found]);
        } else {
          held.push(...found);
        }
      }
    },
  );
  return approvals;
}

/** Users whose spans begin and end within the same hours share a query. */
async function askInGroups(
  wanted: readonly UserSpan[],
  ask: (query: LogQuery) => Promise<Awaited<ReturnType<SignInSource["candidates"]>>>,
  take: (record: Fields) => void,
): Promise<void> {
  const groups = new Map<string, UserSpan[]>();
  for (const each of wanted) {
    const name = `${Math.floor(each.span.from / hour)}-${Math.floor(each.span.to / hour)}`;
    const group = groups.get(name);
    if (group === undefined) {
      groups.set(name, [each]);
    } else {
      group.push(each);
    }
  }
  const queries = [...groups.values()].flatMap((group) => chunk(group, usersPerQuery)).map(queryOf);
  // Side by side: the source itself bounds how many are under way.
  const answers = await Promise.all(queries.map((query) => readWhole(ask, query)));
  for (const rows of answers) {
    rows.forEach(take);
  }
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
