import { CampaignFinder } from "./campaign.ts";
import type { Context, ContextOf, ContextQuestion } from "./context.ts";
import { passwordCheck, sprayOf } from "./failures.ts";
import { followedMs, followedOf, reportsOf } from "./followed.ts";
import { historyOf, pastOf, type Past } from "./history.ts";
import { addressesIn, originsOf, requestsOf } from "./origins.ts";
import { groupBy, groupByTime, TimeIndex } from "./rowIndex.ts";
import {
  rowsOf,
  spanOf,
  type ContextRows,
  type EventRow,
  type FailedSignIns,
  type Names,
  type PassedSignIn,
  type RefusedRequest,
} from "./rows.ts";
import { successesOf } from "./successes.ts";

const day = 86_400_000;

/**
 * Prepares what was looked up for the findings of a run. Returns a function that answers an account's questions from
 * it; `names` are its object id and principal name in lower case.
 */
export function contextsOf(rows: ContextRows): (names: Names) => ContextOf {
  const namesIn = (row: { readonly names: Names }) => row.names;
  const seenOf = groupBy(rowsOf(rows.seen), namesIn);
  const habitsOf = groupBy(rowsOf(rows.habits), namesIn);
  const refusedOf = groupBy(rowsOf(rows.refused), namesIn);
  const isLookedUp = "rows" in rows.seen && "rows" in rows.habits;
  const failed = rowsOf(rows.failed);
  const wrongPasswords = failed.filter(({ kind }) => kind === "wrongPassword");
  const lookedUp = {
    wrongPasswordsOf: groupByTime(wrongPasswords, namesIn, spanOf),
    wrongPasswordsFrom: groupByTime(
      wrongPasswords,
      ({ address }) => (address === null ? [] : [address]),
      spanOf,
    ),
    events: new TimeIndex(rowsOf(rows.events), ({ at }) => [at, at]),
    passed: groupByTime(
      rowsOf(rows.passed),
      ({ names, address }) => (address === null ? names : [...names, address]),
      ({ at }) => [at, at],
    ),
    campaigns: new CampaignFinder(failed, rows.findings),
    gaps: rows.gaps,
  };
  const accountRows = (names: Names): AccountRows => ({
    names,
    past: pastOf({ isLookedUp, seen: seenOf(names), habits: habitsOf(names) }),
    requests: new Map(refusedOf(names).map((row) => [row.request, row])),
  });
  return (names) => {
    // Prepared when it is needed, because there can be many accounts.
    let account: AccountRows | null = null;
    return again((question) => {
      account ??= accountRows(names);
      return answer(question, lookedUp, account);
    });
  };
}

/** Remembers the answers, because most bursts are judged twice: alone, and with their neighbours. */
function again(contextOf: (question: ContextQuestion) => Context): ContextOf {
  const asked = new WeakMap<
    ContextQuestion["denials"],
    { readonly question: ContextQuestion; readonly context: Context }
  >();
  return (question) => {
    const known = asked.get(question.denials);
    if (known !== undefined && isSameQuestion(known.question, question)) {
      return known.context;
    }
    const context = contextOf(question);
    asked.set(question.denials, { question, context });
    return context;
  };
}

function isSameQuestion(one: ContextQuestion, other: ContextQuestion): boolean {
  return (
    one.triggeredAt === other.triggeredAt &&
    one.approvals.length === other.approvals.length &&
    one.approvals.every((approval, at) => approval === other.approvals[at])
  );
}

/** Returns the rows with one of some keys at some time. */
type Rows<T> = (keys: readonly string[], from: number, to: number) => readonly T[];

interface LookedUp extends Pick<ContextRows, "gaps"> {
  /** By the names of the account. */
  readonly wrongPasswordsOf: Rows<FailedSignIns>;
  /** By address. */
  readonly wrongPasswordsFrom: Rows<FailedSignIns>;
  readonly events: TimeIndex<EventRow>;
  /** By the names of the account and by address. */
  readonly passed: Rows<PassedSignIn>;
  readonly campaigns: CampaignFinder;
}

interface AccountRows {
  readonly names: Names;
  readonly past: Past;
  readonly requests: ReadonlyMap<string, RefusedRequest>;
}

function answer(
  question: ContextQuestion,
  rows: LookedUp,
  { names, past, requests }: AccountRows,
): Context {
  const firstDenialAt = question.denials.reduce((least, { at }) => Math.min(least, at), Infinity);
  const lastDenialAt = question.denials.reduce((most, { at }) => Math.max(most, at), -Infinity);
  const history = historyOf(past, firstDenialAt);
  const addresses = addressesIn({ ...question, approvals: [] });
  const strange = addresses.filter((address) => history.withAddress(address).known !== true);
  const scene = { names, firstDenialAt, lastDenialAt, addresses, strange };
  const refused = requestsOf(question, requests);
  const ownFailures = rows.wrongPasswordsOf(names, firstDenialAt - day, firstDenialAt - 1);
  const failures = rows.wrongPasswordsFrom(strange, firstDenialAt - day, lastDenialAt + day);
  const passed = rows.passed([...names, ...addresses], firstDenialAt, firstDenialAt + day);
  const events = rows.events.within(firstDenialAt - day, firstDenialAt + followedMs);
  return {
    origins: originsOf(question, requests, history),
    password: passwordCheck(question, requests, ownFailures),
    spray: sprayOf(failures, scene),
    successes: successesOf(question, passed, refused, scene),
    reports: reportsOf(events, scene),
    followed: followedOf(question, events, scene, history),
    campaign: rows.campaigns.find(refused, scene),
    gaps: rows.gaps,
  };
}
