import type { Streak } from "../detection/bursts/streak.ts";
import { windowKind } from "../detection/bursts/windowKinds.ts";
import { findNeighbourhoods, union } from "../detection/decisions/neighbourhood.ts";
import { foundByRules } from "../detection/decisions/record.ts";
import { ruleViews, type RuleView } from "../detection/decisions/ruleViews.ts";
import { familiesOf, type Family } from "../detection/rules/families.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Sighting } from "../detection/signin/sighting.ts";
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
import { inParallel } from "./inParallel.ts";
import type { SubjectRecord, Range } from "./ports.ts";
import { mostRows, readSightings } from "./readAround.ts";
import { ActiveAccounts, joinAccounts, type Activity } from "./newActivity.ts";

/** How far from the activity to read; beyond it counts say "at least". */
const farthest = 24 * 3_600_000;

/** Requests to the state at once. */
export const stateRequests = 8;

/** What one family of rules sees of an account. */
export interface FamilyView {
  readonly family: Family;
  readonly head: SubjectRecord;
  /** The streaks that the activity belongs to, whole, and all prompts that were read. */
  readonly views: readonly RuleView[];
  /** Around the activity, those streaks and the recorded bursts that they belong to. */
  readonly hull: Range;
}

interface ViewedAccount extends Activity {
  readonly families: readonly FamilyView[];
}

/** An account with all that is needed to judge it. */
export interface AccountCase extends ViewedAccount {
  /** Whether reading stopped at a bound, so that streaks may be longer than they look. */
  readonly bounded: boolean;
  /** Who is who in the rows that were read for it. */
  readonly matched: MatchedAccounts;
}

/** How far beyond a hull the first look reaches, in windows; it mostly saves a second one. */
const generous = 4;

/**
 * Reads what is recorded of accounts, then what the log shows around their activity, until there is silence on both
 * sides. In this order, so that a view of the log is newer than the record it is judged against: an account that turns
 * out to have more names than were asked for begins anew.
 */
export async function readAccountCases(
  detector: Detector,
  touched: readonly Activity[],
  signal: AbortSignal,
): Promise<readonly AccountCase[]> {
  let open = await readAllHeads(detector, touched);
  const cases: AccountCase[] = [];
  // Twice as far each time, so that a burst without end takes few looks.
  for (let times = 1; open.length > 0; times *= 2) {
    const reads = open.map((each) => spanToRead(each, times));
    const { table, rows, cut } = await readSightings(
      detector.source,
      open.map((each, index) => ({
        names: askedNames(each.account),
        span: reads[index] ?? each.span,
        core: each.span,
      })),
      signal,
    );
    const matched = await matchTable(detector, table);
    const found = new Map(
      [...table.accounts(matched)].map(({ account, sightings }) => {
        const made = account();
        return [accountKey(made), { account: made, sightings }];
      }),
    );
    const unfinished: ViewedAccount[] = [];
    const renamed: Activity[] = [];
    for (const [index, each] of open.entries()) {
      const id = matched.resolve(rowAccountOf(each.account));
      const { account = { ...each.account, ...id }, sightings } = found.get(accountKey(id)) ?? {};
      if (hasNews(each.account, account)) {
        renamed.push({ ...activityOf(each), account: joinAccounts(account, each.account) });
        continue;
      }
      const seen = sightings?.() ?? [];
      const families = each.families.map((view) => look(each, view, seen));
      const read = reads[index] ?? each.span;
      const { span, clipped } = spanAround(
        { ...each, families },
        (rule) => windowKind(rule).silence,
      );
      // One side at its bound does not end the reading of the other.
      const whole = span.from >= read.from && span.to <= read.to;
      const { user } = each.account;
      if (whole || (rows.get(user) ?? 0) >= mostRows) {
        cases.push({ ...each, families, matched, bounded: clipped || !whole || cut.has(user) });
      } else {
        unfinished.push({ ...each, families });
      }
    }
    open = [...unfinished, ...(await readAllHeads(detector, renamed))];
  }
  return cases;
}

/** Without what was read of it. */
function activityOf(viewed: ViewedAccount): Activity {
  const { families: _families, ...activity } = viewed;
  return activity;
}

/** Everything under which rows of the account may stand. */
function askedNames(account: Account): readonly string[] {
  return [...new Set([...allNames(account), ...(account.aliases ?? []).map(({ user }) => user)])];
}

/** A row that says about itself what is known of the account. */
function rowAccountOf({ tenantId, user }: Account): RowAccount {
  return { tenantId, user, name: objectIdOf(user) === null ? user : null };
}

/** The account turned out to be another one, or to have more names than its rows were asked for by. */
function hasNews(asked: Account, found: Account): boolean {
  const names = askedNames(asked);
  return (
    accountKey(asked) !== accountKey(found) ||
    askedNames(found).some((name) => !names.includes(name))
  );
}

/** Whose accounts are one person's, by the rows and by what is recorded of those that name no id or tenant. */
async function matchTable({ store }: Detector, table: SightingTable): Promise<MatchedAccounts> {
  const loose = table.looseAccounts();
  if (loose.length === 0) {
    return table.match();
  }
  const owners = await store.readOwners(loose);
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

/** Several that are one account become one. */
async function readAllHeads(
  detector: Detector,
  touched: readonly Activity[],
): Promise<readonly ViewedAccount[]> {
  const read = await inParallel(touched, stateRequests, (each) => readHeads(detector, each));
  const keys = read.map(({ account }) => accountKey(account));
  if (new Set(keys).size === read.length) {
    return read;
  }
  const joined = new ActiveAccounts();
  for (const { account, span, wantsContext } of read) {
    joined.add(account, span.from, span.to, wantsContext);
  }
  return inParallel(joined.list(), stateRequests, (each) => readHeads(detector, each));
}

/** Under the account that the records say it is. */
async function readHeads(detector: Detector, activity: Activity): Promise<ViewedAccount> {
  const { workspaceId, rules, store } = detector;
  const from = activity.span.from - farthest;
  let { account } = activity;
  const heads: Pick<FamilyView, "family" | "head">[] = [];
  for (const family of familiesOf(rules)) {
    const head = await store.readHead({ ...account, rule: family.name, workspaceId }, from);
    const { tenantId, user, names = [] } = head.subject;
    account = joinAccounts({ tenantId, user, names }, account);
    heads.push({ family, head });
  }
  const active = { ...activity, account };
  return { ...active, families: heads.map((each) => look(active, each, [])) };
}

/**
 * How far to read. Rows that name no id, or no name, are one account's with rows that name both: these are looked
 * for as far as reading ever goes.
 */
function spanToRead(viewed: ViewedAccount, times: number): Range {
  const { account, span } = viewed;
  const isWhole =
    account.tenantId !== null &&
    objectIdOf(account.user) !== null &&
    (account.names ?? []).length > 0;
  return isWhole
    ? spanAround(viewed, () => generous * times).span
    : { from: span.from - farthest, to: span.to + farthest };
}

/** What a family sees, given the sightings of a span. The activity itself counts as a streak without denials. */
function look(
  { account, span }: Activity,
  { family, head }: Pick<FamilyView, "family" | "head">,
  sightings: readonly Sighting[],
): FamilyView {
  const views = ruleViews(family.rules, account, sightings);
  const active: Streak = { denials: [], extent: span, triggeredAt: null };
  // Whatever may turn out to be one attack is read, so each streak counts as a finding here.
  const streaks = views.flatMap(({ rule, streaks: own }) =>
    [active, ...own].map((streak) => ({ rule, streak, verdict: "finding" as const })),
  );
  const around = findNeighbourhoods(streaks, head.bursts, (burst) =>
    foundByRules(head.subject, burst),
  ).find((each) => each.streaks.some(({ streak }) => streak === active));
  const near = new Set(around?.streaks.map(({ streak }) => streak));
  return {
    family,
    head,
    views: views.map((view) => ({
      ...view,
      streaks: view.streaks.filter((streak) => near.has(streak)),
    })),
    // Stryker disable next-line OptionalChaining: only for the compiler, every streak lies somewhere.
    hull: around?.extent ?? span,
  };
}

function spanAround(
  { span: active, families }: ViewedAccount,
  windows: (rule: Rule) => number,
): { readonly span: Range; readonly clipped: boolean } {
  const asked = families
    .flatMap(({ family, hull }) =>
      family.rules.map((rule) => {
        const margin = windows(rule) * rule.windowMs;
        return { from: hull.from - margin, to: hull.to + margin };
      }),
    )
    .reduce(union, active);
  const span = {
    from: Math.max(asked.from, active.from - farthest),
    to: Math.min(asked.to, active.to + farthest),
  };
  return { span, clipped: span.from > asked.from || span.to < asked.to };
}
