import { campaignOf } from "./campaign.ts";
import type { Context, ContextOf, ContextQuestion } from "./context.ts";
import { passwordCheck, sprayOf } from "./failures.ts";
import { followedMs, followedOf, reportsOf } from "./followed.ts";
import { historyOf, type Past } from "./history.ts";
import { addressesIn, originsOf, requestsOf } from "./origins.ts";
import { byNames, TimeIndex } from "./rowIndex.ts";
import {
  rowsOf,
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
  const seenOf = byNames(rowsOf(rows.seen));
  const habitsOf = byNames(rowsOf(rows.habits));
  const refusedOf = byNames(rowsOf(rows.refused));
  const isLookedUp = "rows" in rows.seen && "rows" in rows.habits;
  const lookedUp = {
    failed: new TimeIndex(rowsOf(rows.failed), ({ firstAt, lastAt }) => [firstAt, lastAt]),
    passed: new TimeIndex(rowsOf(rows.passed), ({ at }) => [at, at]),
    events: new TimeIndex(rowsOf(rows.events), ({ at }) => [at, at]),
    findings: rows.findings,
    gaps: rows.gaps,
  };
  return (names) => {
    const past = { isLookedUp, seen: seenOf(names), habits: habitsOf(names) };
    const requests = new Map(refusedOf(names).map((row) => [row.request, row]));
    return (question) => answer(question, lookedUp, { names, past, requests });
  };
}

interface LookedUp extends Pick<ContextRows, "findings" | "gaps"> {
  readonly failed: TimeIndex<FailedSignIns>;
  readonly passed: TimeIndex<PassedSignIn>;
  readonly events: TimeIndex<EventRow>;
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
  const failed = rows.failed.within(firstDenialAt - day, lastDenialAt + day);
  const passed = rows.passed.within(firstDenialAt, firstDenialAt + day);
  const events = rows.events.within(firstDenialAt - day, firstDenialAt + followedMs);
  return {
    origins: originsOf(question, requests, history),
    password: passwordCheck(question, requests, failed, scene),
    spray: sprayOf(failed, scene),
    successes: successesOf(question, passed, refused, scene),
    reports: reportsOf(events, scene),
    followed: followedOf(question, events, scene, history),
    campaign: campaignOf(failed, refused, rows.findings, scene),
    gaps: rows.gaps,
  };
}
