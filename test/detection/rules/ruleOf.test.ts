import { describe, expect, it } from "vitest";

import { parseCidr } from "../../../src/detection/signin/cidr.ts";
import { everything } from "../../../src/detection/signin/scope.ts";
import { anything } from "../../../src/detection/signin/selector.ts";
import type { RuleEntry } from "../../../src/detection/rules/ruleEntry.ts";
import { ruleOf, type RuleGround } from "../../../src/detection/rules/ruleOf.ts";
import { minute, rule } from "../builders.ts";

const made = (entry: RuleEntry, ground: Partial<RuleGround> = {}) =>
  ruleOf(entry, { base: null, ...ground });

describe("an entry of a file of rules", () => {
  it("that says nothing but its numbers is a plain rule", () => {
    expect(made({ id: "own", threshold: 3, window: "5m" })).toMatchObject({
      id: "own",
      family: "own",
      name: "own",
      basedOn: null,
      wasId: [],
      wasFamily: [],
      mode: "on",
      kind: "sliding",
      threshold: 3,
      windowMs: 5 * minute,
      counted: ["denied", "fraudReported"],
      severity: "Medium",
      approvalWatchMs: 60 * minute,
      scope: everything,
    });
  });

  it("takes what it leaves out from its base, then from the settings, and says the rest itself", () => {
    const base = rule({ severity: "High", mode: "off" });
    const defaults = { approvalWatchMs: 5 * minute, approvalRaises: "matched" as const };
    const own = made(
      {
        id: "vip",
        threshold: 2,
        usualOriginSeverity: "none",
        approval: { required: true, watch: "PT1M", raises: "any" },
      },
      { base, defaults },
    );
    expect(own).toMatchObject({
      basedOn: "explicit-mfa-deny",
      mode: "on",
      windowMs: base.windowMs,
      severity: "High",
      threshold: 2,
      approvalRequired: true,
      approvalWatchMs: minute,
      approvalRaises: "any",
      usualOriginSeverity: null,
    });
    expect(made({ id: "vip" }, { base, defaults }).approvalRaises).toBe("matched");
    expect(made({ id: base.id }, { base }).basedOn).toBeNull();
  });

  it("keeps the family of its first name, which may be another's", () => {
    const familyOf = (id: string) => (id === "child" ? "parent" : id);
    expect(made({ id: "a", wasId: "child" }, { familyOf }).family).toBe("parent");
    expect(made({ id: "a", wasId: ["b", "c"] }, { familyOf })).toMatchObject({
      family: "b",
      wasId: ["b", "c"],
    });
    expect(made({ id: "a", family: "own", wasId: "b" }).family).toBe("own");
  });

  it("remembers the families that it was in before: the one named after itself, and those that it names", () => {
    expect(made({ id: "a" }).wasFamily).toEqual([]);
    expect(made({ id: "a", family: "own" }).wasFamily).toEqual(["a"]);
    expect(made({ id: "a", family: "own", wasId: ["b", "c"] }).wasFamily).toEqual(["b"]);
    expect(made({ id: "a", wasFamily: "own" }).wasFamily).toEqual(["own"]);
    expect(made({ id: "a", family: "own", wasFamily: ["own", "other"] }).wasFamily).toEqual([
      "other",
      "a",
    ]);
  });

  it("says in lower case whom it is for, and gives ranges by their names", () => {
    const { scope } = made(
      {
        id: "a",
        appliesTo: {
          users: [" Alice@Contoso.com ", { watchlist: "VIP", column: "UPN" }],
          countries: ["DE"],
          userType: "guest",
          addresses: ["Office", "192.0.2.1", "Unknown"],
        },
      },
      { ranges: { Office: ["203.0.113.0/24"] } },
    );
    expect(scope).toEqual({
      appliesTo: {
        ...anything,
        users: ["alice@contoso.com"],
        countries: ["de"],
        userType: "guest",
        addresses: [parseCidr("203.0.113.0/24"), parseCidr("192.0.2.1")],
        watchlists: [{ watchlist: "VIP", column: "UPN", kind: "users" }],
      },
      exclude: [],
    });
  });

  it("excludes until the end of a day, and for each list of the older form by itself", () => {
    const { scope } = made({
      id: "a",
      exclude: [
        { users: ["a"], reason: "why", owner: "who", until: "2026-12-31" },
        { users: ["b"], reason: "why" },
      ],
      exclusions: { users: ["c"], addresses: [], applications: ["d"] },
    });
    expect(scope.appliesTo).toBe(anything);
    expect(scope.exclude).toMatchObject([
      { of: { users: ["a"] }, reason: "why", owner: "who", until: Date.UTC(2027, 0, 1) },
      { of: { users: ["b"] }, owner: null, until: null },
      { of: { users: ["c"], applications: [] }, reason: null },
      { of: { users: [], applications: ["d"] }, reason: null },
    ]);
  });

  it("whose duration cannot be read has that of its base", () => {
    expect(made({ id: "a", window: "soon" }).windowMs).toBe(15 * minute);
  });
});
