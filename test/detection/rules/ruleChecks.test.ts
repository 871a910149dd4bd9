import { describe, expect, it } from "vitest";

import { doubtsAbout, ending } from "../../../src/detection/rules/ruleChecks.ts";
import type { Rule } from "../../../src/detection/rules/rule.ts";
import { parseCidr } from "../../../src/detection/signin/cidr.ts";
import { excluding, minute, onlyFor, rule } from "../builders.ts";

const day = 86_400_000;

const doubts = (...rules: readonly Rule[]) =>
  doubtsAbout(rules, 0).map(({ rule: { id }, member, item, words }) =>
    [id, item === null ? member : `${member}[${item}]`, words.split(/[:;]/)[0]].join(" "),
  );

describe("the rules that ship", () => {
  it("leave no doubt", () => {
    expect(
      doubts(rule(), rule({}, "mfa-deny-then-approve"), rule({}, "azure-ad-multiple-denied-mfa")),
    ).toEqual([]);
  });
});

describe("an exclusion", () => {
  const [exclusion] = excluding({ users: ["a@b.c"] }, { until: 15 * day }).exclude;

  it("is told two weeks before its end, and after it", () => {
    const at = (now: number) => (exclusion === undefined ? [] : ending(exclusion, now));
    expect(at(0)).toEqual([]);
    expect(at(day)).toEqual(["ends with 1970-01-15"]);
    expect(at(15 * day)).toEqual([
      "has expired: it leaves out only what happened until 1970-01-15",
    ]);
  });

  it("without an end is never near it", () => {
    expect(doubts(rule({ scope: excluding({ users: ["a@b.c"] }) }))).toEqual([]);
    expect(doubts(rule({ scope: excluding({ users: ["a@b.c"] }, { until: day }) }))).toEqual([
      "explicit-mfa-deny exclude[0] ends with 1970-01-01",
    ]);
  });

  const of = (users: readonly string[], domains: readonly string[], out: object) => {
    const { exclude } = excluding(out);
    return doubts(rule({ scope: { ...onlyFor({ users, domains }), exclude } })).length;
  };

  it("of an object id says nothing of a rule for names, nor the other way round", () => {
    const [id, other] = [
      "00000000-0000-0000-0000-00000000a11c",
      "00000000-0000-0000-0000-000000000b0b",
    ];
    expect(of(["a@b.c"], [], { users: [id] })).toBe(0);
    expect(of([id], [], { users: ["a@b.c"] })).toBe(0);
    expect(of([], ["b.c"], { users: [id] })).toBe(0);
    expect(of([id], [], { domains: ["b.c"] })).toBe(0);
    expect(of([id], [], { users: [id] })).toBe(0);
    expect(of([id], [], { users: [other] })).toBe(1);
  });

  it("of somebody for whom the rule is not never fits", () => {
    expect(of(["a@b.c"], [], { users: ["x@y.z"] })).toBe(1);
    expect(of(["a@b.c"], [], { users: ["a@b.c"] })).toBe(0);
    expect(of([], ["b.c"], { users: ["a@b.c"] })).toBe(0);
    expect(of(["a@b.c"], [], { domains: ["b.c"] })).toBe(0);
    expect(of([], ["b.c"], { domains: ["b.c"] })).toBe(0);
    expect(of([], ["b.c"], { domains: ["y.z"] })).toBe(1);
    expect(of(["*@b.c"], [], { users: ["x@y.z"] })).toBe(1);
    expect(of(["*@b.c"], [], { users: ["a@b.c"] })).toBe(0);
    expect(of(["*@b.c"], [], { domains: ["y.z"] })).toBe(0);
    expect(of(["a@b.c"], [], { users: ["*@y.z"] })).toBe(0);
    expect(of(["a@b.c"], [], { users: ["x@y.z"], countries: ["de"] })).toBe(0);
    const watchlists = [{ watchlist: "VIP", column: "UPN", kind: "users" as const }];
    expect(of(["a@b.c"], [], { users: ["x@y.z"], watchlists })).toBe(0);
  });
});

describe("a name that is none", () => {
  it("is told, of whom a rule is for and of exclusions", () => {
    expect(doubts(rule({ scope: onlyFor({ users: ["azure portal", "a@b.c", "adm-*"] }) }))).toEqual(
      ["explicit-mfa-deny appliesTo probably never fits"],
    );
    const id = "00000000-0000-0000-0000-00000000a11c";
    expect(doubts(rule({ scope: excluding({ users: ["alice", id] }) }))).toEqual([
      "explicit-mfa-deny exclude[0] probably never fits",
    ]);
  });
});

describe("a rule", () => {
  const wide = rule({ id: "wide", threshold: 3 });
  const narrow = rule({ id: "narrow" });
  const dropped = (...rules: readonly Rule[]) =>
    doubts(...rules).filter((words) => words.includes("can be dropped"));

  it("that another one always covers can be dropped", () => {
    expect(dropped(wide, narrow)).toEqual(["narrow id can be dropped"]);
    expect(dropped(narrow, wide)).toEqual(["narrow id can be dropped"]);
  });

  it("of two that are the same the second can be dropped", () => {
    expect(dropped(narrow, { ...narrow, id: "twin" })).toEqual(["twin id can be dropped"]);
  });

  const office = [parseCidr("192.0.2.0/24")].flatMap((each) => each ?? []);
  it.each<[string, Partial<Rule>, Partial<Rule>]>([
    ["a longer window", {}, { windowMs: 20 * minute }],
    ["a higher severity", {}, { severity: "High" }],
    ["other outcomes", {}, { counted: ["denied", "noResponse"] }],
    ["fixed spans", {}, { kind: "tumbling" }],
    ["an origin that decides", {}, { originDecides: true }],
    ["a rule that needs an approval beside it", { approvalRequired: true }, {}],
    [
      "a longer watch",
      { approvalRequired: true },
      { approvalRequired: true, approvalWatchMs: 120 * minute },
    ],
    ["a rule for few beside it", { scope: onlyFor({ users: ["a@b.c"] }) }, {}],
    ["a rule with exclusions beside it", { scope: excluding({ addresses: office }) }, {}],
    ["a rule in shadow mode beside it", { mode: "shadow" }, {}],
    ["a rule of fixed spans beside it", { kind: "tumbling" }, {}],
    ["a rule of a higher threshold beside it", { threshold: 6 }, {}],
  ])("with %s is needed", (_, ofWide, ofNarrow) => {
    expect(dropped({ ...wide, ...ofWide }, { ...narrow, ...ofNarrow })).not.toContain(
      "narrow id can be dropped",
    );
  });

  it("is covered by one for the same people with the same exclusions", () => {
    const scope = {
      ...onlyFor({ users: ["a@b.c"] }),
      exclude: excluding({ addresses: office }).exclude,
    };
    expect(dropped({ ...wide, scope }, { ...narrow, scope })).toEqual(["narrow id can be dropped"]);
    expect(
      dropped({ ...wide, approvalRequired: true }, { ...narrow, approvalRequired: true }),
    ).toEqual(["narrow id can be dropped"]);
  });

  it("with numbers beyond what is read is told", () => {
    expect(doubts(rule({ threshold: 5_001 }))).toEqual([
      "explicit-mfa-deny threshold may never be reached",
    ]);
    expect(doubts(rule({ windowMs: day }))).toEqual([]);
    expect(doubts(rule({ windowMs: 13 * 60 * minute, kind: "tumbling" }))).toEqual([
      "explicit-mfa-deny window is longer than what is read around a denial (1 day on each side)",
    ]);
  });
});
