import { describe, expect, it } from "vitest";

import { SightingTable } from "../../../src/detection/prompts/sightingTable.ts";
import { countOutcomes } from "../../../src/detection/prompts/outcomes.ts";
import type { Rule } from "../../../src/detection/rules/rule.ts";
import { alice, bob } from "../../builders.ts";
import { excluding, onlyFor, rowAccountOf, rule, sighting } from "../builders.ts";

function table(): SightingTable {
  const held = new SightingTable();
  const account = rowAccountOf(alice);
  held.add(account, sighting("09:00"));
  // The same prompt, as another row shows it.
  held.add(account, sighting("09:00", { outcome: "pending" }));
  held.add(account, sighting("09:01", { outcome: "fraudReported" }));
  held.add(account, sighting("09:02", { outcome: "duplicateAttempt" }));
  held.add(rowAccountOf(bob), sighting("09:00"));
  return held;
}

function count(rules: readonly Rule[]) {
  const held = table();
  return countOutcomes(held, held.match(), rules);
}

describe("the outcomes of a read", () => {
  it("count distinct prompts of every user", () => {
    expect(count([]).outcomes).toEqual({
      denied: 2,
      fraudReported: 1,
      wrongNumber: 0,
      noResponse: 0,
      wrongCode: 0,
      duplicateAttempt: 1,
      blocked: 0,
      technical: 0,
      pending: 0,
    });
  });

  it("count as denials what at least one rule counts, once", () => {
    const denials = (...counted: readonly (readonly ["denied" | "duplicateAttempt"])[]) =>
      count(counted.map((each) => rule({ counted: each }))).denials;
    expect(count([rule()]).denials).toBe(3);
    expect(denials()).toBe(0);
    expect(denials(["denied"], ["denied"])).toBe(2);
    expect(denials(["denied"], ["duplicateAttempt"])).toBe(3);
  });

  it("leave out what every rule excludes, and count for each rule those that it is for", () => {
    const withoutAlice = rule({ scope: excluding({ users: [alice.name] }) });
    expect(count([withoutAlice])).toMatchObject({ denials: 1, outcomes: { fraudReported: 0 } });
    expect(count([withoutAlice, rule()])).toMatchObject({
      denials: 3,
      outcomes: { fraudReported: 1 },
    });
    const ofBob = rule({ scope: onlyFor({ users: [bob.name] }) });
    expect(count([ofBob])).toMatchObject({ denials: 1, outcomes: { denied: 2, fraudReported: 1 } });
  });
});
