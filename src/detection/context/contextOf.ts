import { campaignOf } from "./campaign.ts";
import type { Context, ContextOf, ContextQuestion } from "./context.ts";
import { passwordCheck, sprayOf } from "./failures.ts";
import { followedOf, reportsOf } from "./followed.ts";
import { historyOf, type Past } from "./history.ts";
import { addressesIn, originsOf, requestsOf } from "./origins.ts";
import { isSame, rowsOf, type ContextRows, type Names, type RefusedRequest } from "./rows.ts";
import { successesOf } from "./successes.ts";

/**
 * Answers an account's questions from what was looked up for the findings of a run.
 *
 * @param names the account's object id and principal name in lower case
 */
export function contextOf(rows: ContextRows, names: Names): ContextOf {
  const isOwn = (row: { readonly names: Names }) => isSame(row.names, names);
  const past = {
    isLookedUp: "rows" in rows.seen && "rows" in rows.habits,
    seen: rowsOf(rows.seen).filter(isOwn),
    habits: rowsOf(rows.habits).filter(isOwn),
  };
  const requests = new Map(
    rowsOf(rows.refused)
      .filter(isOwn)
      .map((row) => [row.request, row]),
  );
  return (question) => answer(question, rows, { names, past, requests });
}

interface AccountRows {
  readonly names: Names;
  readonly past: Past;
  readonly requests: ReadonlyMap<string, RefusedRequest>;
}

function answer(
  question: ContextQuestion,
  rows: ContextRows,
  { names, past, requests }: AccountRows,
): Context {
  const firstDenialAt = question.denials.reduce((least, { at }) => Math.min(least, at), Infinity);
  const lastDenialAt = question.denials.reduce((most, { at }) => Math.max(most, at), -Infinity);
  const history = historyOf(past, firstDenialAt);
  const addresses = addressesIn({ ...question, approvals: [] });
  const strange = addresses.filter((address) => history.withAddress(address).known !== true);
  const scene = { names, firstDenialAt, lastDenialAt, addresses, strange };
  const refused = requestsOf(question, requests);
  const failed = rowsOf(rows.failed);
  const events = rowsOf(rows.events);
  return {
    origins: originsOf(question, requests, history),
    password: passwordCheck(question, requests, failed, scene),
    spray: sprayOf(failed, scene),
    successes: successesOf(question, rowsOf(rows.passed), refused, scene),
    reports: reportsOf(events, scene),
    followed: followedOf(question, events, scene, history),
    campaign: campaignOf(failed, refused, rows.findings, scene),
    gaps: rows.gaps,
  };
}
