import { describe, expect, it } from "vitest";

import type { Rule } from "../../../src/detection/rules/rule.ts";
import { watchlistsOf, withWatchlists } from "../../../src/detection/rules/watchlists.ts";
import { isExcluded, isInScope } from "../../../src/detection/signin/scope.ts";
import { anything, type ListedKind } from "../../../src/detection/signin/selector.ts";
import { alice, bob, time } from "../../builders.ts";
import { excluding, nowhere, onlyFor, rule } from "../builders.ts";

const list = (kind: ListedKind = "users") => [{ watchlist: "VIPUsers", column: "UPN", kind }];
const seen = {
  origin: { ...nowhere, ipAddress: "203.0.113.10", application: "Azure Portal" },
  at: time("09:00"),
};
const isIn = ({ scope }: Rule, name: string) => isInScope(scope, [name], seen);

describe("a rule with watchlists", () => {
  it("names each column once", () => {
    const rules = [
      rule({ scope: onlyFor({ watchlists: [...list(), ...list("domains")] }) }),
      rule({ scope: excluding({ watchlists: list() }) }),
    ];
    expect(watchlistsOf(rules)).toEqual([{ watchlist: "VIPUsers", column: "UPN" }]);
    expect(watchlistsOf([rule()])).toEqual([]);
  });

  it("is the same one where it uses none", () => {
    const plain = rule();
    expect(withWatchlists(plain, () => null)).toBe(plain);
  });

  it("applies to those in the list, in any case, and to those that it names itself", () => {
    const vip = rule({ scope: onlyFor({ users: [bob.name], watchlists: list() }) });
    const resolved = withWatchlists(vip, () => [` ${alice.name.toUpperCase()} `, "", "*"]);
    expect([isIn(resolved, alice.name), isIn(resolved, bob.name), isIn(resolved, "x@y.z")]).toEqual(
      [true, true, false],
    );
  });

  it("applies to everybody while nothing is known of its list, but still asks for the rest", () => {
    const vip = rule({
      scope: onlyFor({ users: [bob.name], watchlists: list(), userType: "guest" }),
    });
    const resolved = withWatchlists(vip, () => null);
    expect(isIn(resolved, "x@y.z")).toBe(false);
    const guest = { ...seen, origin: { ...seen.origin, guest: true } };
    expect(isInScope(resolved.scope, ["x@y.z"], guest)).toBe(true);
  });

  it("excludes those in the list, and nobody while nothing is known of it", () => {
    const without = rule({ scope: excluding({ watchlists: list() }) });
    const known = withWatchlists(without, () => [alice.name]);
    const unknown = withWatchlists(without, () => null);
    const isOut = ({ scope }: Rule) => isExcluded(scope, [alice.name], seen);
    expect([isOut(known), isOut(unknown), isOut(without)]).toEqual([true, false, false]);
  });

  it("takes domains, applications and ranges from a list as well, and leaves out what is no range", () => {
    const of = (kind: ListedKind, value: string) =>
      isIn(
        withWatchlists(rule({ scope: onlyFor({ watchlists: list(kind) }) }), () => [value, "x"]),
        alice.name,
      );
    expect([of("domains", "contoso.com"), of("applications", "azure portal")]).toEqual([
      true,
      true,
    ]);
    expect([of("addresses", "203.0.113.0/24"), of("addresses", "192.0.2.1")]).toEqual([
      true,
      false,
    ]);
    const { scope } = withWatchlists(
      rule({ scope: onlyFor({ ...anything, watchlists: list("addresses") }) }),
      () => ["x"],
    );
    expect(scope.appliesTo.addresses).toEqual([]);
  });
});
