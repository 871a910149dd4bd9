import { familiesOf } from "../detection/rules/families.ts";
import type { Detector } from "./detector.ts";
import type { MatchedAccounts } from "../detection/prompts/accounts.ts";
import type { SightingTable } from "../detection/prompts/sightingTable.ts";
import {
  accountKey,
  allNames,
  objectIdOf,
  type Account,
  type AccountId,
  type RowAccount,
} from "../detection/signin/account.ts";
import {
  farthest,
  look,
  silenceOf,
  spanAround,
  type FamilyView,
  type ViewedAccount,
} from "./familyView.ts";
import { familyHead } from "./familyHead.ts";
import { inParallel } from "./inParallel.ts";
import type { RecordIndex, Range } from "./ports.ts";
import { mostRows, readSightings } from "./readAround.ts";
import { ActiveAccounts, joinAccounts, type Activity } from "./newActivity.ts";
import { isWhole } from "./quietAccounts.ts";

/** Concurrent requests to the state. */
export const stateRequests = 8;

/** An account with everything needed to judge it. */
export interface AccountCase extends ViewedAccount {
  /** Whether reading stopped at a limit. Streaks may then be longer than they look. */
  readonly bounded: boolean;
  /** Matches the names in the rows that were read for the account. */
  readonly matched: MatchedAccounts;
}

/** How far beyond a hull the first read reaches, in windows. It usually saves a second read. */
const generous = 4;

/**
 * Reads what is recorded about accounts, then the log around their activity, until there is silence on both sides.
 * The log is read last so that it is newer than the record it is judged against. For the same reason, an account
 * with names that the query did not ask for starts over.
 *
 * @param index null if not known. It must be newer than the rows of the activity, and older than what is read around it
 */
export async function readAccountCases(
  detector: Detector,
  touched: readonly Activity[],
  signal: AbortSignal,
  index: RecordIndex | null = null,
): Promise<readonly AccountCase[]> {
  let open = await readAllHeads(detector, touched, index);
  const cases: AccountCase[] = [];
  // The distance doubles each time, so that an endless burst takes few reads.
  for (let times = 1; open.length > 0; times *= 2) {
    const reads = open.map((each) => spanToRead(each, times));
    const { table, rows, cut } = await readSightings(
      detector.source,
      open.map((each, place) => ({
        names: askedNames(each.account),
        span: reads[place] ?? each.span,
        core: each.span,
      })),
      signal,
    );
    const matched = await matchTable(detector, table, index);
    const found = new Map(
      [...table.accounts(matched)].map(({ account, sightings }) => {
        const made = account();
        return [accountKey(made), { account: made, sightings }];
      }),
    );
    const unfinished: ViewedAccount[] = [];
    const renamed: Activity[] = [];
    for (const [place, each] of open.entries()) {
      const id = matched.resolve(rowAccountOf(each.account));
      const { account = { ...each.account, ...id }, sightings } = found.get(accountKey(id)) ?? {};
      if (hasNews(each.account, account)) {
        renamed.push({ ...activityOf(each), account: joinAccounts(account, each.account) });
        continue;
      }
      const seen = sightings?.() ?? [];
      const families = each.families.map((view) => look(each, view, seen));
      const read = reads[place] ?? each.span;
      const { span, clipped } = spanAround({ ...each, families }, silenceOf);
      // A side that reached its limit does not stop the other.
      const whole = span.from >= read.from && span.to <= read.to;
      const { user } = each.account;
      if (whole || (rows.get(user) ?? 0) >= mostRows) {
        cases.push({ ...each, families, matched, bounded: clipped || !whole || cut.has(user) });
      } else {
        unfinished.push({ ...each, families });
      }
    }
    open = [...unfinished, ...(await readAllHeads(detector, renamed, index))];
  }
  return cases;
}

/** Drops what was read about the account. */
function activityOf(viewed: ViewedAccount): Activity {
  const { families: _families, ...activity } = viewed;
  return activity;
}

/** Returns every name that rows of the account may have. */
function askedNames(account: Account): readonly string[] {
  return [...new Set([...allNames(account), ...(account.aliases ?? []).map(({ user }) => user)])];
}

/** Returns a row with everything known about the account. */
function rowAccountOf({ tenantId, user }: Account): RowAccount {
  return { tenantId, user, name: objectIdOf(user) === null ? user : null };
}

/** Reports whether the account is a different one, or has names that the query did not ask for. */
function hasNews(asked: Account, found: Account): boolean {
  const names = askedNames(asked);
  return (
    accountKey(asked) !== accountKey(found) ||
    askedNames(found).some((name) => !names.includes(name))
  );
}

/** Finds which accounts are the same person, from the rows and from the records of names without an id or tenant. */
async function matchTable(
  { store }: Detector,
  table: SightingTable,
  index: RecordIndex | null,
): Promise<MatchedAccounts> {
  const loose = table.looseAccounts();
  if (loose.length === 0) {
    return table.match();
  }
  const owners = await store.readOwners(
    loose.filter((alias) => index === null || index.mayHaveOwner(alias)),
  );
  const ownerOf = (alias: AccountId) => owners.get(accountKey(alias)) ?? null;
  const unnamed = loose.filter(({ tenantId }) => tenantId === null);
  return table.match({
    tenants: [],
    unnamedTenant: unnamed.map((each) => ownerOf(each)?.tenantId ?? null).find(isText) ?? null,
    hasUnnamed: unnamed.length > 0,
    idOf: (tenantId, name) => ownerOf({ tenantId, user: name })?.user ?? null,
  });
}

function isText(value: string | null): value is string {
  return value !== null;
}

/** Merges activity of the same account. */
async function readAllHeads(
  detector: Detector,
  touched: readonly Activity[],
  index: RecordIndex | null,
): Promise<readonly ViewedAccount[]> {
  const read = await inParallel(touched, stateRequests, (each) => readHeads(detector, each, index));
  const keys = read.map(({ account }) => accountKey(account));
  if (new Set(keys).size === read.length) {
    return read;
  }
  const joined = new ActiveAccounts();
  for (const { account, span, wantsContext } of read) {
    joined.add(account, span.from, span.to, wantsContext);
  }
  return inParallel(joined.list(), stateRequests, (each) => readHeads(detector, each, index));
}

/** Reads the records of the account that the records name as the owner. */
async function readHeads(
  detector: Detector,
  activity: Activity,
  index: RecordIndex | null,
): Promise<ViewedAccount> {
  const { workspaceId, rules, store } = detector;
  const from = activity.span.from - farthest;
  let { account } = activity;
  const heads: Pick<FamilyView, "family" | "head">[] = [];
  for (const family of familiesOf(rules)) {
    const known = account;
    const head = await familyHead(family, async (rule, isFormer) => {
      const subject = { ...known, rule, workspaceId };
      const since = isFormer ? -Infinity : from;
      return index?.emptyHead(subject) ?? store.readHead(subject, since);
    });
    const { tenantId, user, names = [] } = head.subject;
    account = joinAccounts({ tenantId, user, names }, account);
    heads.push({ family, head });
  }
  const active = { ...activity, account };
  return { ...active, families: heads.map((each) => look(active, each, [])) };
}

/**
 * Returns the range to read. Rows without an id or a name are matched to an account by rows that have both, so for
 * such accounts the range is as long as it can get.
 */
function spanToRead(viewed: ViewedAccount, times: number): Range {
  const { account, span } = viewed;
  return isWhole(account)
    ? spanAround(viewed, () => generous * times).span
    : { from: span.from - farthest, to: span.to + farthest };
}
