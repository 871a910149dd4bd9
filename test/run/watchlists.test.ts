import { describe, expect, it } from "vitest";

import { withRules } from "../../src/run/judgeRules.ts";
import type { Judgement } from "../../src/run/judgeHealth.ts";
import {
  mostValues,
  forgetUnused,
  resolveWatchlists,
  WatchlistError,
  type StoredWatchlist,
} from "../../src/run/watchlists.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";
import type { WatchlistColumn } from "../../src/detection/signin/selector.ts";
import { watchlistKey } from "../../src/detection/rules/watchlists.ts";
import { excluding, onlyFor, rule } from "../detection/builders.ts";

const hour = 3_600_000;
const column = { watchlist: "VIPUsers", column: "UPN" };
const vip = rule({ scope: onlyFor({ watchlists: [{ ...column, kind: "users" }] }) });

/** A workspace with one watchlist; an error stands for one that cannot be read. */
function bench(list: readonly string[] | Error) {
  const state = {
    list,
    now: 0,
    reads: 0,
    writes: 0,
    warnings: [] as unknown[],
    stored: new Map<string, StoredWatchlist>(),
  };
  const parts = {
    workspaceId: "w",
    clock: { now: () => state.now },
    log: {
      info: () => {},
      warn: (event: string, fields: object) => void state.warnings.push({ event, ...fields }),
      error: () => {},
    },
    source: {
      read: () => {
        state.reads++;
        return state.list instanceof Error
          ? Promise.reject(state.list)
          : Promise.resolve(state.list);
      },
    },
    store: {
      readWatchlists: () => Promise.resolve([...state.stored.values()]),
      saveWatchlist: (each: StoredWatchlist) => {
        state.writes++;
        state.stored.set(watchlistKey(each), each);
        return Promise.resolve();
      },
      forgetWatchlist: (each: WatchlistColumn) => {
        state.stored.delete(watchlistKey(each));
        return Promise.resolve();
      },
    },
  };
  const resolve = async (rules: readonly Rule[] = [vip]) =>
    (await resolveWatchlists(rules, parts, new AbortController().signal)).map(
      ({ scope }) => scope.appliesTo,
    );
  const health = () =>
    withRules(healthy, {
      rules: [vip],
      rulesProblem: null,
      watchlists: [...state.stored.values()],
      now: state.now,
    });
  return { state, resolve, health, store: parts.store };
}

const healthy: Judgement = { healthy: true, state: "running", faults: [], warnings: [] };

describe("a watchlist", () => {
  it("is read once for all rules of a run, and not at all where none uses it", async () => {
    const { state, resolve } = bench(["Alice@contoso.com", "alice@contoso.com", " "]);
    expect(await resolve([vip, { ...vip, id: "other" }])).toMatchObject([
      { users: ["alice@contoso.com", "alice@contoso.com"] },
      { users: ["alice@contoso.com", "alice@contoso.com"] },
    ]);
    expect(state.reads).toBe(1);
    const plain = [rule()];
    await resolve(plain);
    expect(state.reads).toBe(1);
  });

  it("is stored when it changes, and once an hour so that its age is known", async () => {
    const { state, resolve } = bench(["a@contoso.com"]);
    await resolve();
    await resolve();
    expect(state.writes).toBe(1);
    state.list = ["b@contoso.com"];
    await resolve();
    expect(state.writes).toBe(2);
    state.now = hour;
    await resolve();
    expect(state.writes).toBe(3);
  });

  it("holds as it was last read where it cannot be read, which the log says", async () => {
    const { state, resolve, health } = bench(["a@contoso.com"]);
    await resolve();
    state.list = new WatchlistError("has no column UPN");
    state.now = hour;
    expect(await resolve()).toMatchObject([{ users: ["a@contoso.com"] }]);
    await resolve();
    expect(state.writes).toBe(2);
    expect(state.warnings[0]).toEqual({
      event: "watchlist not read",
      workspaceId: "w",
      ...column,
      problem: "has no column UPN",
      lastReadAt: 0,
    });
    expect(health().warnings).toEqual([
      "The watchlist VIPUsers (UPN) has no column UPN; the values of 1970-01-01T00:00:00.000Z still apply",
    ]);
  });

  it("applies to everybody while nothing is known of it, and is a fault after a day", async () => {
    const { state, resolve, health } = bench(new Error("down"));
    expect(await resolve()).toMatchObject([{ users: [], watchlists: [] }]);
    expect(health()).toMatchObject({ healthy: true });
    state.now = 24 * hour + 1;
    await resolve();
    expect(health()).toMatchObject({
      healthy: false,
      faults: [
        { what: "watchlist", since: 0, problem: expect.stringContaining("no values are known") },
      ],
    });
    state.list = ["a@contoso.com"];
    await resolve();
    expect(health()).toEqual(healthy);
  });

  it.each([
    [[], "is empty, or there is no watchlist of that alias"],
    [
      Array.from({ length: mostValues + 1 }, (_, index) => `u${index}@contoso.com`),
      "has more than",
    ],
    [["x".repeat(300_001)], "has more than"],
  ])("of too few or too many values is not used", async (list, problem) => {
    const { state, resolve } = bench(list);
    await resolve();
    expect([...state.stored.values()][0]?.failure?.problem).toContain(problem);
  });

  it("ends the run where the run is ended", async () => {
    const { state } = bench(new Error("ended"));
    const ended = AbortSignal.abort(new Error("ended"));
    const parts = { ...partsOf(state), workspaceId: "w" };
    await expect(resolveWatchlists([vip], parts, ended)).rejects.toThrow("ended");
  });
});

describe("what was read of a watchlist", () => {
  it("is forgotten once no rule uses it, and kept as long as one does", async () => {
    const { state, resolve, store } = bench(["alice@contoso.com"]);
    const byMail = rule({
      scope: excluding({ watchlists: [{ ...column, column: "Mail", kind: "users" }] }),
    });
    await resolve([vip, byMail]);
    const columns = () => [...state.stored.values()].map((each) => each.column);
    expect(columns()).toEqual(["UPN", "Mail"]);
    await forgetUnused([rule(), byMail], store);
    expect(columns()).toEqual(["Mail"]);
    await forgetUnused([rule()], store);
    expect(columns()).toEqual([]);
  });
});

function partsOf({ list }: { readonly list: readonly string[] | Error }) {
  return {
    clock: { now: () => 0 },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    source: { read: () => Promise.reject(list) },
    store: {
      readWatchlists: () => Promise.resolve([]),
      saveWatchlist: () => Promise.resolve(),
      forgetWatchlist: () => Promise.resolve(),
    },
  };
}

describe("the rules of a workspace", () => {
  it("are a fault where they cannot be used, and tell of exclusions near their end", () => {
    const ending = rule({ scope: excluding({ users: ["a"] }, { until: 24 * hour }) });
    const judged = withRules(healthy, {
      rules: [ending],
      rulesProblem: "the rules cannot be used: rules.yaml:1:1 names no rule",
      watchlists: [],
      now: 0,
    });
    expect(judged).toMatchObject({
      healthy: false,
      faults: [{ what: "rules" }],
      warnings: ["The exclusion explicit-mfa-deny exclude[0] ends with 1970-01-01."],
    });
  });
});
