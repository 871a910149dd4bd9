import { describe, expect, test } from "vitest";
import { addToHistory, readHistory } from "../../src/run/coverageHistory.ts";
import { judgeHealth, type Circumstances } from "../../src/run/judgeHealth.ts";
import type { DueItem, Progress } from "../../src/run/ports.ts";
import { noRhythm } from "../../src/run/rhythm.ts";
import { oldestPending, vitalsBefore, withRows } from "../../src/run/keepVitals.ts";
import type { Vitals } from "../../src/run/vitals.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A Monday at noon. */
const now = Date.UTC(2026, 2, 9, 12);
const limits = { healthMaxAgeMs: 15 * minute, sourceMaxAgeMs: day };

const vitals: Vitals = {
  firstRunAt: now - 30 * day,
  behindRuns: 0,
  newestRowAt: now - 5 * minute,
  rhythm: noRhythm,
  failing: [],
};

const progress: Progress = {
  publishedTo: now - 3 * minute,
  lastRunAt: now - minute,
  lastSuccessAt: now - minute,
  lastError: null,
  pending: 0,
  vitals,
};

const usual: Circumstances = { now, firstSeenAt: now, isPaused: false, isDryRun: false };

function judge(
  change: Partial<Progress> = {},
  more: Partial<Vitals> = {},
  circumstances: Partial<Circumstances> = {},
) {
  const whole = { ...progress, ...change, vitals: { ...vitals, ...more } };
  return judgeHealth(whole, limits, { ...usual, ...circumstances });
}

const faults = (judgement: ReturnType<typeof judge>) =>
  judgement.faults.map(({ what, since }) => [what, since]);

test("a workspace whose runs succeed is healthy, and nothing is said", () => {
  expect(judge()).toEqual({ healthy: true, state: "running", faults: [], warnings: [] });
});

test("progress of an earlier version is judged by what it has", () => {
  const { vitals: _, ...old } = progress;
  expect(judgeHealth(old, limits, usual)).toMatchObject({ healthy: true, state: "running" });
});

describe("a last success that is too old is a fault", () => {
  const old = now - 16 * minute;

  test("because runs fail, with the reason", () => {
    const judgement = judge({ lastSuccessAt: old, lastError: "Log Analytics: 403" });
    expect(faults(judgement)).toEqual([["last-success", old]]);
    expect(judgement.faults[0]?.problem).toContain("runs fail: Log Analytics: 403");
    expect(judgement.healthy).toBe(false);
  });

  test("because no run starts any more", () => {
    const judgement = judge({ lastSuccessAt: old, lastRunAt: old });
    expect(judgement.faults[0]?.problem).toContain("the timer does not fire");
  });

  test("also where there never was one", () => {
    const judgement = judge({ lastSuccessAt: null }, { firstRunAt: old });
    expect(faults(judgement)).toEqual([["last-success", old]]);
  });

  test("and one that is just young enough is none", () => {
    expect(judge({ lastSuccessAt: now - 15 * minute }).healthy).toBe(true);
  });
});

describe("what runs cannot keep up with is a fault", () => {
  test("by the watermark's lag at the last run", () => {
    const publishedTo = now - 32 * minute;
    expect(faults(judge({ publishedTo }))).toEqual([["lag", publishedTo]]);
    expect(judge({ publishedTo: now - 31 * minute }).healthy).toBe(true);
  });

  test("by three consecutive runs that had no time to read everything", () => {
    expect(faults(judge({}, { behindRuns: 3 }))).toEqual([["behind", progress.publishedTo]]);
    expect(judge({}, { behindRuns: 2 }).healthy).toBe(true);
  });
});

describe("a sink that fails for half an hour is a fault", () => {
  const failing = (since: number) => [{ sink: "logs", since, incidents: 2, problem: "503" }];

  test("with since when, how many wait, and what it answered", () => {
    const since = now - 31 * minute;
    const judgement = judge({}, { failing: failing(since) });
    expect(judgement.faults).toEqual([
      {
        what: "sink",
        since,
        problem: "The sink logs has not accepted 2 incidents for 31 minutes: 503",
      },
    ]);
  });

  test("and one that fails since then is none yet", () => {
    expect(judge({}, { failing: failing(now - 30 * minute) }).healthy).toBe(true);
  });
});

describe("an incident that waits for half an hour is a fault", () => {
  test("with since when, though no sink refused it", () => {
    const since = now - 31 * minute;
    expect(judge({ pending: 2 }, { oldestPendingAt: since }).faults).toEqual([
      {
        what: "pending",
        since,
        problem:
          "The oldest of 2 incidents to be sent has waited for 31 minutes, and no sink refused it: runs end before they send it",
      },
    ]);
  });

  test("and one that has waited for less is none yet", () => {
    expect(judge({ pending: 2 }, { oldestPendingAt: now - 30 * minute }).healthy).toBe(true);
  });

  const item = (burstId: string, more: Partial<DueItem> = {}): DueItem => ({
    subject: { rule: "r", workspaceId: null, tenantId: null, user: "u" },
    burstId,
    dueAt: now - hour,
    attempts: 0,
    lane: "live",
    incident: null,
    mergedInto: "another",
    watch: null,
    ...more,
  });
  const budget = (left = 1, outcomes = new Map<string, null>()) => ({ left, outcomes });

  test("unless a backfill found it, the cap left it, a sink refused it, or it was sent", () => {
    expect(oldestPending([item("a"), item("b", { dueAt: now })], budget())).toBe(now - hour);
    expect(oldestPending([item("a")], budget(0))).toBeNull();
    expect(oldestPending([item("a")], budget(1, new Map([["a", null]])))).toBeNull();
    const others = [
      item("a", { lane: "backfill" }),
      item("b", { failure: { since: now, sinks: {} } }),
      item("c", { mergedInto: null }),
    ];
    expect(oldestPending(others, budget())).toBeNull();
  });
});

describe("before there is anything to judge", () => {
  const never = (circumstances: Partial<Circumstances> = {}) =>
    judgeHealth(null, limits, { ...usual, ...circumstances });

  test("an app that has not run yet is well for as long as a log may be silent", () => {
    expect(never()).toMatchObject({ healthy: true, state: "no run yet" });
    expect(never().warnings).toHaveLength(1);
    const since = now - day - 1;
    expect(faults(never({ firstSeenAt: since }))).toEqual([["not-running", since]]);
  });

  test("an app that is paused is well for as long, too", () => {
    expect(never({ isPaused: true })).toMatchObject({ healthy: true, state: "paused" });
    const lastRunAt = now - 3 * hour;
    const paused = judge({ lastRunAt, lastSuccessAt: lastRunAt }, {}, { isPaused: true });
    expect(paused).toMatchObject({ healthy: true, state: "paused", faults: [] });
    const old = { lastRunAt: now - 2 * day, lastSuccessAt: now - 2 * day };
    expect(faults(judge(old, {}, { isPaused: true }))).toEqual([["not-running", now - 2 * day]]);
  });

  test("a log without any row is a warning, and a fault after that time", () => {
    const fresh = judge({}, { newestRowAt: null, firstRunAt: now - hour });
    expect(fresh).toMatchObject({ healthy: true, state: "no rows yet" });
    expect(fresh.warnings).toEqual(["SigninLogs has had no row yet."]);
    const old = judge({}, { newestRowAt: null, firstRunAt: now - day - minute });
    expect(faults(old)).toEqual([["source", now - day - minute]]);
    expect(old.faults[0]?.problem).toContain("diagnostic setting SignInLogs");
  });

  test("a dry run says that it is one", () => {
    expect(judge({}, {}, { isDryRun: true })).toMatchObject({ healthy: true, state: "dry run" });
  });
});

/** What runs every five minutes leave, of a tenant with so many rows an hour. */
function afterRuns(from: number, to: number, rowsAt: (at: number) => number): Vitals {
  let kept = vitalsBefore(null, from);
  for (let at = from; at < to; at += 5 * minute) {
    const rows = Math.round(rowsAt(at) / 12);
    const step = { from: at, to: at + 5 * minute };
    kept = withRows(kept, step, { rows, newestAt: rows === 0 ? null : at + 4 * minute });
  }
  return kept;
}

describe("a log that falls silent", () => {
  const end = { lastRunAt: now, lastSuccessAt: now, publishedTo: now - 2 * minute };

  test("for six hours, at a tenant with a row a minute, is a warning by its own rhythm", () => {
    const silentFrom = now - 6 * hour;
    const kept = afterRuns(now - 3 * day, now, (at) => (at < silentFrom ? 60 : 0));
    const judgement = judge(end, kept);
    expect(judgement).toMatchObject({ healthy: true });
    expect(judgement.warnings).toEqual([
      expect.stringMatching(
        /^SigninLogs fell silent 6 hours ago; about 3[56]\d rows are usual for this time\.$/,
      ),
    ]);
  });

  test("for longer than allowed, when rows were expected, is a fault", () => {
    const silentFrom = now - 25 * hour;
    const kept = afterRuns(now - 15 * day, now, (at) => (at < silentFrom ? 60 : 0));
    expect(faults(judge(end, kept))).toEqual([["source", expect.any(Number)]]);
  });

  /** Busy from Monday to Friday, 8 to 18. */
  const office = (at: number) => {
    const date = new Date(at);
    const isWorkday = date.getUTCDay() >= 1 && date.getUTCDay() <= 5;
    return isWorkday && date.getUTCHours() >= 8 && date.getUTCHours() < 18 ? 120 : 0;
  };

  test.each([1, 3])("over a weekend is not a fault, in week %d", (weeks) => {
    const monday = now - 5 * hour;
    const kept = afterRuns(monday - 3 * day - (weeks - 1) * 7 * day - 4 * day, monday, office);
    const before = { lastRunAt: monday, lastSuccessAt: monday, publishedTo: monday };
    const judgement = judge(before, kept, { now: monday });
    expect(judgement.faults).toEqual([]);
  });

  test("on a Monday morning, at a tenant that works then, is a fault", () => {
    const monday = now - 12 * hour;
    const kept = afterRuns(monday - 14 * day, now, (at) => (at < monday ? office(at) : 0));
    const judgement = judge(end, kept);
    expect(faults(judgement)).toEqual([["source", expect.any(Number)]]);
  });

  test("for long, at a tenant whose rhythm is unknown, is eventually a fault", () => {
    const newestRowAt = now - 3 * day - minute;
    expect(faults(judge(end, { newestRowAt }))).toEqual([["source", newestRowAt]]);
    expect(judge(end, { newestRowAt: now - 3 * day }).healthy).toBe(true);
  });

  test("at a tenant with hardly a row a day is none", () => {
    const kept = afterRuns(now - 15 * day, now, (at) =>
      at % day < 5 * minute && at < now - 2 * day ? 12 : 0,
    );
    expect(judge(end, kept)).toMatchObject({ healthy: true, warnings: [] });
  });
});

describe("what the log says of MFA failures", () => {
  const generic = (at: number, text: string | null) => ({
    TimeGenerated: new Date(at).toISOString(),
    CreatedDateTime: new Date(at).toISOString(),
    ResultType: "500121",
    Id: String(at),
    UserId: "00000000-0000-0000-0000-000000000001",
    UserPrincipalName: "user@contoso.com",
    AuthenticationDetails: JSON.stringify(
      text === null ? [] : [{ authenticationStepResultDetail: text, succeeded: false }],
    ),
    Status: JSON.stringify({ errorCode: 500121 }),
  });
  const rowsWith = (count: number, text: string | null) =>
    Array.from({ length: count }, (_, index) => generic(now - minute - index * 1000, text));
  const after = (count: number, text: string | null) =>
    addToHistory(readHistory(undefined), rowsWith(count, text), now);

  test("is a fault if twenty of them have no reason", () => {
    const judgement = judge({ coverage: after(20, null) });
    expect(judgement.faults.map(({ what }) => what)).toEqual(["reasons"]);
    expect(judgement.faults[0]?.problem).toMatch(
      /^Only 0 of 20 MFA failures in 24 hours give a reason/,
    );
    expect(judge({ coverage: after(19, null) }).healthy).toBe(true);
  });

  test("is not a fault if they give reasons", () => {
    const text = "MFA denied; user declined the authentication";
    expect(judge({ coverage: after(20, text) })).toMatchObject({ healthy: true, warnings: [] });
  });

  test("is one warning for an unknown text, with its count", () => {
    const warnings = judge({ coverage: after(12, "MFA denied; in some other way") }).warnings;
    expect(warnings).toEqual([
      expect.stringMatching(/^An unknown MFA text appeared 12 times in 24 hours: /),
    ]);
  });
});
