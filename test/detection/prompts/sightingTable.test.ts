import { describe, expect, it } from "vitest";

import { SightingTable } from "../../../src/detection/prompts/sightingTable.ts";
import { accountKey } from "../../../src/detection/signin/account.ts";
import { alice, bob, tenantId, time } from "../../builders.ts";
import { nowhere, rowAccountOf, sighting } from "../builders.ts";

const account = rowAccountOf(alice);

function held(table: SightingTable) {
  return [...table.accounts()].map(({ account: who, sightings }) => {
    const { tenantId: tenant, user } = who();
    return [{ tenantId: tenant, user }, sightings()];
  });
}

describe("the table of many rows", () => {
  it("stores each sighting once, and reports which were new", () => {
    const table = new SightingTable();
    expect(table.add(account, sighting("09:00"))).toBe(true);
    expect(table.add(account, sighting("09:00"))).toBe(false);
    expect(table.add(account, sighting("09:01"))).toBe(true);
    expect(held(table)).toEqual([
      [{ tenantId, user: alice.id }, [sighting("09:00"), sighting("09:01")]],
    ]);
  });

  it("keeps sightings separate that differ in anything but their publication", () => {
    const variants = [
      sighting("09:00"),
      sighting("09:00", { source: "status" }),
      sighting("09:00", { outcome: "pending" }),
      sighting("09:00", { at: time("09:00") + 1 }),
      sighting("09:00", { askedAt: null }),
      sighting("09:00", { request: "another" }),
      sighting("09:00", { requestBy: "id" }),
      sighting("09:00", { method: "phone call" }),
      sighting("09:00", { second: 0 }),
      sighting("09:00", { origin: { ...nowhere, ipAddress: "192.0.2.7" } }),
      sighting("09:00", { origin: { ...nowhere, appId: "192.0.2.7" } }),
    ];
    const table = new SightingTable();
    expect(variants.map((each) => table.add(account, each))).not.toContain(false);
  });

  it("keeps the earliest publication of a sighting, whatever the order of its rows", () => {
    const early = sighting("09:00", { publishedAt: time("09:02") });
    const late = sighting("09:00", { publishedAt: time("09:12") });
    for (const rows of [
      [early, late],
      [late, early],
    ]) {
      const table = new SightingTable();
      rows.forEach((each) => table.add(account, each));
      expect(held(table)).toEqual([[{ tenantId, user: alice.id }, [early]]]);
    }
  });

  it("is not new if an earlier run had it, even when it comes again", () => {
    const table = new SightingTable();
    const known = sighting("09:00", { publishedAt: time("09:12") });
    table.recall(account, known);
    expect(table.add(account, known)).toBe(false);
    expect([...table.news()]).toEqual([]);
    const earlier = sighting("09:00", { publishedAt: time("09:02") });
    expect(table.add(account, earlier)).toBe(true);
    expect([...table.news()]).toEqual([[{ ...account, name: null }, earlier]]);
  });

  it("is identified by tenant and user", () => {
    const table = new SightingTable();
    const others = [
      { ...account, user: bob.id },
      { ...account, tenantId: "null" },
    ];
    for (const each of [account, ...others]) {
      expect(table.add(each, sighting("09:00"))).toBe(true);
    }
    expect(held(table).map(([each]) => each)).toEqual(
      [account, ...others].map(({ tenantId: tenant, user }) => ({ tenantId: tenant, user })),
    );
    expect(new Set([account, ...others].map(accountKey)).size).toBe(3);
  });
});
