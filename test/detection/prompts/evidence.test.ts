import { describe, expect, it } from "vitest";

import { accountName, Evidence } from "../../../src/detection/prompts/evidence.ts";
import { alice, bob, tenantId, time } from "../../builders.ts";
import { nowhere, sighting } from "../builders.ts";

const account = { tenantId, user: alice.name };

describe("the evidence of many rows", () => {
  it("holds each sighting once, and tells which were new", () => {
    const evidence = new Evidence();
    expect(evidence.add(account, sighting("09:00"))).toBe(true);
    expect(evidence.add(account, sighting("09:00"))).toBe(false);
    expect(evidence.add(account, sighting("09:01"))).toBe(true);
    expect([...evidence]).toEqual([[account, [sighting("09:00"), sighting("09:01")]]]);
  });

  it("holds apart what differs in anything but its publication", () => {
    const variants = [
      sighting("09:00"),
      sighting("09:00", { source: "status" }),
      sighting("09:00", { outcome: "pending" }),
      sighting("09:00", { at: time("09:00") + 1 }),
      sighting("09:00", { askedAt: null }),
      sighting("09:00", { request: "another" }),
      sighting("09:00", { method: "phone call" }),
      sighting("09:00", { second: 0 }),
      sighting("09:00", { origin: { ...nowhere, ipAddress: "192.0.2.7" } }),
      sighting("09:00", { origin: { ...nowhere, appId: "192.0.2.7" } }),
    ];
    const evidence = new Evidence();
    expect(variants.map((each) => evidence.add(account, each))).not.toContain(false);
  });

  it("holds the earliest publication of a sighting, in whichever order its rows come", () => {
    const early = sighting("09:00", { publishedAt: time("09:02") });
    const late = sighting("09:00", { publishedAt: time("09:12") });
    for (const rows of [
      [early, late],
      [late, early],
    ]) {
      const evidence = new Evidence();
      rows.forEach((each) => evidence.add(account, each));
      expect([...evidence]).toEqual([[account, [early]]]);
    }
  });

  it("is no news where an earlier run had it, also when it comes again", () => {
    const evidence = new Evidence();
    const known = sighting("09:00", { publishedAt: time("09:12") });
    evidence.recall(account, known);
    expect(evidence.add(account, known)).toBe(false);
    expect([...evidence.news()]).toEqual([]);
    const earlier = sighting("09:00", { publishedAt: time("09:02") });
    expect(evidence.add(account, earlier)).toBe(true);
    expect([...evidence.news()]).toEqual([[account, earlier]]);
  });

  it("is told apart by tenant and user", () => {
    const evidence = new Evidence();
    const others = [
      { tenantId, user: bob.name },
      { tenantId: null, user: alice.name },
      { tenantId: "null", user: alice.name },
    ];
    for (const each of [account, ...others]) {
      expect(evidence.add(each, sighting("09:00"))).toBe(true);
    }
    expect([...evidence].map(([each]) => each)).toEqual([account, ...others]);
    expect(new Set([account, ...others].map(accountName)).size).toBe(4);
  });
});
