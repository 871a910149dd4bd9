import { describe, expect, it } from "vitest";

import type { Judgement } from "../../../src/detection/decisions/findingOf.ts";
import { judge } from "../../../src/detection/decisions/judge.ts";
import { recordDecisions, type RecordedBurst } from "../../../src/detection/decisions/record.ts";
import { ruleViews } from "../../../src/detection/decisions/ruleViews.ts";
import type { Rule } from "../../../src/detection/rules/rule.ts";
import type { Approval } from "../../../src/detection/signin/sighting.ts";
import { alice, time } from "../../builders.ts";
import { accountOf, approval, excluding, nowhere, rule, sighting } from "../builders.ts";
import { noContext, registered } from "../incidents/contexts.ts";

const account = accountOf(alice);
const sightings = ["09:00", "09:01", "09:02", "09:03", "09:04"].map((at) => sighting(at));
const hiding = rule({ scope: excluding({ users: [alice.name] }, { reason: "a test account" }) });

function decide(
  rules: readonly Rule[],
  approvals: readonly Approval[] = [],
  recorded: readonly RecordedBurst[] = [],
  { seen = sightings, ...more }: Partial<Judgement> & { readonly seen?: typeof sightings } = {},
) {
  return judge({
    subject: { ...account, rule: rules[0]?.family ?? "", workspaceId: null },
    recorded,
    views: ruleViews(rules, account, seen),
    approvals,
    incidentId: (name) => name,
    openFrom: null,
    bounded: false,
    ...more,
  });
}

describe("a burst that an exclusion hides", () => {
  it("is watched, and nothing is told of it", () => {
    expect(decide([hiding])).toMatchObject([{ action: "none", reason: "awaiting-approval" }]);
  });

  it("is told where an approval followed, with what hides it, and not opened", () => {
    const [decision] = decide([hiding], [approval("09:06")]);
    expect(decision).toMatchObject({
      action: "none",
      reason: "excluded",
      finding: { excludedBy: [{ reason: "a test account" }], facts: { denials: 5 } },
    });
  });

  it("is not told where an incident has it, from before the exclusion", () => {
    const opened = recordDecisions([], decide([rule()]));
    expect(opened).toHaveLength(1);
    expect(decide([hiding], [approval("09:06")], opened).map(({ reason }) => reason)).not.toContain(
      "excluded",
    );
  });

  it("is told where signs of a takeover followed, and names each exclusion once", () => {
    const half = rule({
      scope: excluding({ countries: ["de"] }, { reason: "the office" }),
    });
    const seen = ["09:00", "09:01", "09:02", "09:03", "09:04"].map((at, index) =>
      sighting(at, { origin: { ...nowhere, location: index < 2 ? null : "Berlin, DE" } }),
    );
    const followed = (at: string) => ({
      contextOf: () => ({ ...noContext, followed: [{ ...registered, at: time(at) }] }),
    });
    const [told] = decide([half], [], [], { seen, ...followed("09:30") });
    expect(told).toMatchObject({
      reason: "excluded",
      finding: { excludedBy: [{ reason: "the office" }], facts: { denials: 5 } },
    });
    const [before] = decide([half], [], [], { seen, ...followed("08:30") });
    expect(before).toMatchObject({ reason: "awaiting-approval" });
  });

  it("is not told where another rule of the family opens an incident for it", () => {
    const other = rule({ id: "other", family: "explicit-mfa-deny", threshold: 3 });
    expect(decide([hiding, other], [approval("09:06")]).map(({ reason }) => reason)).toEqual([
      "first-seen",
    ]);
  });

  it("is a finding again for what happened after the exclusion's end", () => {
    const ended = rule({ scope: excluding({ users: [alice.name] }, { until: time("09:00") }) });
    expect(decide([ended])).toMatchObject([{ action: "open" }]);
  });
});

describe("a rule in shadow mode", () => {
  it("finds, and opens nothing", () => {
    expect(decide([rule({ mode: "shadow" })])).toMatchObject([
      { action: "none", reason: "shadow" },
    ]);
  });

  it("waits for an approval first if it asks for one", () => {
    const shadow = rule({ mode: "shadow", approvalRequired: true });
    expect(decide([shadow])).toMatchObject([{ reason: "awaiting-approval" }]);
    expect(decide([shadow], [approval("09:06")])).toMatchObject([{ reason: "shadow" }]);
  });

  it("keeps the incident that it opened when it was on", () => {
    const opened = recordDecisions([], decide([rule({ threshold: 5 })]));
    const [decision] = decide([rule({ mode: "shadow" })], [approval("09:06")], opened);
    expect(decision).toMatchObject({ action: "update", reason: "approved-after" });
  });
});

describe("a rule that was renamed", () => {
  it("keeps its incidents", () => {
    const opened = recordDecisions([], decide([rule({ id: "old", family: "old" })]));
    const renamed = rule({ id: "new", wasId: ["old"], family: "old", windowMs: 60 * 60_000 });
    const [decision, ...others] = decide([renamed], [approval("09:06")], opened);
    expect(others).toEqual([]);
    expect(decision).toMatchObject({
      action: "update",
      burst: { id: opened[0]?.id, rules: ["new"] },
    });
  });
});

describe("rules of different windows that find one burst", () => {
  it("record it as a sliding one", () => {
    const fixed = rule({ id: "fixed", kind: "tumbling" });
    expect(decide([rule(), fixed])).toMatchObject([{ burst: { kind: "sliding" } }]);
    expect(decide([fixed])).toMatchObject([{ burst: { kind: "tumbling" } }]);
  });
});
