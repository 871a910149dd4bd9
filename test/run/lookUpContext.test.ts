import { describe, expect, test } from "vitest";
import { LookUpError, type ContextSource, type HistoryRows } from "../../src/run/contextSource.ts";
import { lookUpContext, type ContextWish } from "../../src/run/lookUpContext.ts";
import type { Log } from "../../src/run/ports.ts";
import { time } from "../builders.ts";
import { alice, bob, event, failed, passed, request, seen } from "../detection/context/lookedUp.ts";

const never = new AbortController().signal;
const hour = 3_600_000;
const day = 24 * hour;

type Asked = readonly [kind: string, query: Readonly<Record<string, unknown>>];

const history: HistoryRows = {
  seen: [seen(time("08:00"))],
  habits: [],
  refused: [request("09:00"), request("09:05", { asNumber: null, session: null, userAgent: null })],
};

function sourceOf(more: Partial<ContextSource> = {}) {
  const asked: Asked[] = [];
  const source: ContextSource = {
    history: async () => ({ rows: history, gaps: [] }),
    failures: async () => ({ rows: [failed("09:00")], gaps: [] }),
    successes: async () => ({ rows: [passed("09:30")], gaps: [] }),
    events: async () => ({
      rows: [event("09:20")],
      gaps: [{ table: "AADUserRiskEvents", problem: "not connected" }],
    }),
    ...more,
  };
  const noted: ContextSource = {
    history: (query, signal) => (
      asked.push(["history", { ...query }]),
      source.history(query, signal)
    ),
    failures: (query, signal) => (
      asked.push(["failures", { ...query }]),
      source.failures(query, signal)
    ),
    successes: (query, signal) => (
      asked.push(["successes", { ...query }]),
      source.successes(query, signal)
    ),
    events: (query, signal) => (asked.push(["events", { ...query }]), source.events(query, signal)),
  };
  return { source: noted, asked };
}

const warnings: Readonly<Record<string, unknown>>[] = [];
const log: Log = {
  info() {},
  warn: (_, fields) => void warnings.push(fields),
  error() {},
};

const wishes: readonly ContextWish[] = [
  {
    names: alice,
    firstDenialAt: time("09:00"),
    lastDenialAt: time("09:10"),
    addresses: ["192.0.2.1"],
  },
  {
    names: bob,
    firstDenialAt: time("10:00"),
    lastDenialAt: time("10:20"),
    addresses: ["192.0.2.2"],
  },
];

function lookUp(source: ContextSource, signal = never, longestMs?: number) {
  const options = longestMs === undefined ? {} : { longestMs };
  return lookUpContext({ source, log, ...options }, wishes, signal);
}

test("all findings of a run take four queries, whatever their number", async () => {
  const { source, asked } = sourceOf();
  const rows = await lookUp(source);
  const names = [...alice, ...bob].toSorted();
  const addresses = ["192.0.2.1", "192.0.2.2"];
  const [first, lastFirst, last] = [time("09:00"), time("10:00"), time("10:20")];
  expect(asked).toEqual([
    ["events", { names, ingestedFrom: 0, range: { from: first - hour, to: lastFirst + day } }],
    [
      "history",
      {
        names,
        // From where an event came, the account may be known as well.
        addresses: [...addresses, event("09:20").address],
        burstFrom: first - hour,
        range: { from: first - 30 * day, to: last + hour },
      },
    ],
    [
      "failures",
      {
        names,
        addresses,
        asNumbers: ["64505"],
        userAgents: ["python-requests/2.31.0"],
        range: { from: first - day, to: last + day },
      },
    ],
    [
      "successes",
      { names, addresses, sessions: ["session-1"], range: { from: first, to: lastFirst + day } },
    ],
  ]);
  expect(rows).toEqual({
    seen: { rows: history.seen },
    habits: { rows: [] },
    refused: { rows: history.refused },
    failed: { rows: [failed("09:00")], gaps: [] },
    passed: { rows: [passed("09:30")], gaps: [] },
    events: expect.objectContaining({ rows: [event("09:20")] }),
    gaps: [{ table: "AADUserRiskEvents", problem: "not connected" }],
  });
});

describe("a lookup that fails", () => {
  const cut = async () => {
    throw new LookUpError("cut", "too much");
  };

  test("is a gap, and the others are looked up all the same", async () => {
    const { source, asked } = sourceOf({ history: cut });
    const rows = await lookUp(source);
    expect(asked).toHaveLength(4);
    expect(asked[2]?.[1]).toMatchObject({ asNumbers: [], userAgents: [] });
    expect(rows).toMatchObject({
      seen: { problem: "cut" },
      habits: { problem: "cut" },
      refused: { problem: "cut" },
      events: { rows: [event("09:20")] },
      gaps: [
        { table: "AADUserRiskEvents", problem: "not connected" },
        { table: "SigninLogs", problem: "cut" },
      ],
    });
  });

  test("is said in the log of the run, with what the service answered", async () => {
    warnings.length = 0;
    const cause = new Error("Log Analytics: 429: throttled");
    await lookUp(
      sourceOf({
        events: async () => {
          throw new LookUpError("failed", "the lookup failed", { cause });
        },
      }).source,
    );
    expect(warnings).toEqual([
      {
        tables: ["AuditLogs", "OfficeActivity", "CloudAppEvents", "AADUserRiskEvents"],
        problem: "failed",
        cause: "Log Analytics: 429: throttled",
      },
    ]);
  });

  test("by a mistake of its own is one, too, and names a table once", async () => {
    warnings.length = 0;
    const broken = async () => {
      throw new TypeError("oops");
    };
    const { gaps } = await lookUp(sourceOf({ history: broken, failures: broken }).source);
    expect(gaps.filter(({ table }) => table === "SigninLogs")).toEqual([
      { table: "SigninLogs", problem: "failed" },
    ]);
    expect(warnings.map(({ cause }) => cause)).toEqual(["oops", "oops"]);
  });
});

test("no lookup takes longer than it may, not even one that hears of no end", async () => {
  const forever = () => new Promise<never>(() => {});
  // The audit logs may take half of the time, so that the others get theirs.
  const late = await lookUp(sourceOf({ events: forever }).source, never, 20);
  expect(late.events).toMatchObject({ problem: "failed" });
  // The time is for all of them together: what comes after is a gap as well.
  const rows = await lookUp(sourceOf({ history: forever }).source, never, 20);
  expect(rows.seen).toMatchObject({ problem: "failed" });
  expect(rows.failed).toMatchObject({ problem: "failed" });
});

test("the end of the run ends its lookups", async () => {
  const { source } = sourceOf();
  const rows = await lookUp(source, AbortSignal.abort());
  expect(rows.gaps.every(({ problem }) => problem === "failed")).toBe(true);
});

describe("each lookup with each fault leaves the others, and a gap", () => {
  const fail = (problem: LookUpError["problem"]) => async () => {
    throw new LookUpError(problem, "the lookup failed");
  };
  const faults = {
    "missing table": ["not connected", fail("not connected")],
    "403": ["not permitted", fail("not permitted")],
    partial: ["cut", fail("cut")],
    slow: ["failed", () => new Promise<never>(() => {})],
    throttled: ["failed", fail("failed")],
  } as const;
  const tables = {
    history: "SigninLogs",
    failures: "SigninLogs",
    successes: "AADNonInteractiveUserSignInLogs",
    events: "AuditLogs",
  } as const;
  const kinds = ["history", "failures", "successes", "events"] as const;
  const all = kinds.flatMap((kind) =>
    Object.entries(faults).map(([name, [problem, fault]]) => ({ kind, name, problem, fault })),
  );

  test.each(all)("$kind, $name", async ({ kind, problem, fault }) => {
    const { source } = sourceOf({ [kind]: fault });
    // A slow one takes all of its time, which the history has before others.
    const rows = await lookUp(source, never, 40);
    expect(rows.gaps).toContainEqual({ table: tables[kind], problem });
    const answers = { history: rows.seen, failures: rows.failed, successes: rows.passed, ...rows };
    expect(answers[kind]).toMatchObject({ problem });
    if (kind !== "events") {
      expect(rows.events).toMatchObject({ rows: [event("09:20")] });
    }
  });
});
