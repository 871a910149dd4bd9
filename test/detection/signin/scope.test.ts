import { describe, expect, it } from "vitest";

import { parseCidr } from "../../../src/detection/signin/cidr.ts";
import {
  everything,
  exclusionOf,
  isExcluded,
  isInScope,
  withoutExclusions,
  type Scope,
} from "../../../src/detection/signin/scope.ts";
import {
  asksFor,
  anything,
  selects,
  type Selector,
} from "../../../src/detection/signin/selector.ts";
import type { Origin } from "../../../src/detection/signin/signIn.ts";
import { alice, time } from "../../builders.ts";
import { excluding, nowhere, onlyFor } from "../builders.ts";

const origin: Origin = {
  ...nowhere,
  userId: alice.id,
  ipAddress: "203.0.113.10",
  appId: "00000002-0000-0ff1-ce00-000000000000",
  application: "Azure Portal",
  location: "Berlin, DE",
};
const names: readonly string[] = [alice.id, alice.name];
const ranges = (...texts: readonly string[]) =>
  texts.map(parseCidr).filter((range) => range !== null);
const seen = { origin, at: time("09:00") };
const isOut = (of: Partial<Selector>, from = origin) =>
  isExcluded(excluding(of), names, { ...seen, origin: from });
const fits = (of: Partial<Selector>, who = names, from = origin) =>
  selects({ ...anything, ...of }, who, from);

describe("a selector", () => {
  it("of nothing fits everybody, also what is unknown", () => {
    expect([fits({}), fits({}, [], nowhere)]).toEqual([true, true]);
  });

  it("fits users by name, by id and by pattern, and no other", () => {
    for (const users of [
      [alice.name],
      [alice.id],
      ["bob@contoso.com", alice.name],
      ["*@contoso.com"],
    ]) {
      expect(fits({ users })).toBe(true);
    }
    for (const users of [["bob@contoso.com"], ["alice"], ["*@fabrikam.com"], ["?@contoso.com"]]) {
      expect(fits({ users })).toBe(false);
    }
  });

  it("fits the domain of a name, not those below it, and takes it for the same kind as users", () => {
    expect(fits({ domains: ["contoso.com"] })).toBe(true);
    expect(fits({ domains: ["contoso.com"] }, ["a@emea.contoso.com"])).toBe(false);
    expect(fits({ domains: ["contoso.com"], users: ["nobody"] })).toBe(true);
    expect(fits({ domains: ["fabrikam.com"], users: [alice.name] })).toBe(true);
    expect(fits({ domains: ["fabrikam.com"], users: ["nobody"] })).toBe(false);
  });

  it("fits guests or members", () => {
    const guest = { ...origin, guest: true };
    expect([fits({ userType: "guest" }), fits({ userType: "member" })]).toEqual([false, true]);
    expect([
      fits({ userType: "guest" }, names, guest),
      fits({ userType: "member" }, names, guest),
    ]).toEqual([true, false]);
  });

  it("fits applications by id, by name in any case, and by pattern", () => {
    for (const each of [origin.appId, "azure portal", "azure *"]) {
      expect(fits({ applications: [each ?? ""] })).toBe(true);
    }
    expect(fits({ applications: ["teams"] })).toBe(false);
    expect(fits({ applications: ["*"] }, names, nowhere)).toBe(false);
  });

  it("fits addresses inside of a range", () => {
    const office = { addresses: ranges("192.0.2.0/24", "203.0.113.0/24") };
    expect(fits(office)).toBe(true);
    expect(fits(office, names, { ...origin, ipAddress: "198.51.100.1" })).toBe(false);
    expect(fits(office, names, { ...origin, ipAddress: null })).toBe(false);
  });

  it("fits a country, with or without a city, and none that is unknown", () => {
    const countries = ["de"];
    expect(fits({ countries })).toBe(true);
    expect(fits({ countries }, names, { ...origin, location: "DE" })).toBe(true);
    expect(fits({ countries }, names, { ...origin, location: "Paris, FR" })).toBe(false);
    expect(fits({ countries }, names, { ...origin, location: null })).toBe(false);
  });

  it("has to fit in every kind", () => {
    const both = { users: [alice.name], countries: ["de"] };
    expect(fits(both)).toBe(true);
    expect(fits({ ...both, countries: ["fr"] })).toBe(false);
    expect(fits({ ...both, users: ["bob@contoso.com"] })).toBe(false);
  });

  it("fits nobody by a watchlist of which nothing is known", () => {
    for (const kind of ["users", "domains", "applications", "addresses"] as const) {
      const watchlists = [{ watchlist: "List", column: "Column", kind }];
      expect(fits({ watchlists })).toBe(false);
      expect(asksFor({ ...anything, watchlists }, kind)).toBe(true);
    }
    expect(asksFor(anything, "users")).toBe(false);
  });
});

describe("an exclusion", () => {
  it("holds where its selector fits", () => {
    expect([isOut({ users: [alice.name] }), isOut({ users: ["bob@contoso.com"] })]).toEqual([
      true,
      false,
    ]);
    expect(isOut({ addresses: ranges("::/0") }, { ...origin, ipAddress: null })).toBe(false);
  });

  it("holds for denials that happened before its end, whatever the time is now", () => {
    const scope = excluding({ users: [alice.name] }, { until: time("10:00") });
    const at = (clock: string) => isExcluded(scope, names, { origin, at: time(clock) });
    expect([at("09:59:59.999"), at("10:00"), at("10:00:00.001")]).toEqual([true, false, false]);
  });

  it("is told as the one that holds first", () => {
    const [first] = excluding({ users: ["bob@contoso.com"] }).exclude;
    const [second] = excluding({ users: [alice.name] }, { reason: "why" }).exclude;
    const scope = { appliesTo: anything, exclude: [first, second].flatMap((each) => each ?? []) };
    expect(exclusionOf(scope, names, seen)?.reason).toBe("why");
    expect(exclusionOf(everything, names, seen)).toBeNull();
  });
});

describe("a scope", () => {
  const isIn = (scope: Scope) => isInScope(scope, names, seen);

  it("of everything takes in all, one of others does not, and an exclusion takes out", () => {
    expect(isIn(everything)).toBe(true);
    expect(isIn(onlyFor({ users: [alice.name] }))).toBe(true);
    expect(isIn(onlyFor({ users: ["bob@contoso.com"] }))).toBe(false);
    const { exclude } = excluding({ countries: ["de"] });
    expect(isIn({ ...onlyFor({ users: [alice.name] }), exclude })).toBe(false);
  });

  it("without its exclusions applies to the same", () => {
    const scope = onlyFor({ users: ["bob@contoso.com"] });
    expect(withoutExclusions(excluding({ users: [alice.name] }))).toBe(everything);
    expect(isIn(withoutExclusions(scope))).toBe(false);
  });
});
