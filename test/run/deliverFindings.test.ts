import { expect, test } from "vitest";
import type { Decision } from "../../src/detection/decisions/decision.ts";
import type { Finding } from "../../src/detection/decisions/finding.ts";
import { deliverFindings } from "../../src/run/deliverFindings.ts";
import type { Reported } from "../../src/run/detectRecords.ts";
import type { Incident, IncidentSink } from "../../src/run/ports.ts";
import { rule as ruleNamed } from "../detection/builders.ts";

const explicitMfaDeny = ruleNamed();

const finding: Finding = {
  rules: [explicitMfaDeny],
  facts: {
    denials: 6,
    atLeast: false,
    fraudReports: 0,
    firstDenialAt: Date.UTC(2026, 2, 10, 9),
    triggeredAt: Date.UTC(2026, 2, 10, 9, 8),
    lastDenialAt: Date.UTC(2026, 2, 10, 9, 15),
    severity: "Medium",
    approval: null,
  },
  evidence: {
    userId: null,
    guest: false,
    ipAddresses: [],
    applications: [],
    userAgents: [],
    locations: [],
  },
  denials: [],
  approvals: [],
  supporting: new Map(),
  context: null,
};

function reported(id: string, decision: Pick<Decision, "action" | "reason">): Reported {
  const rule = explicitMfaDeny;
  const { facts } = finding;
  const burst = {
    id,
    firstRecordedAt: facts.firstDenialAt,
    extent: { from: facts.firstDenialAt, to: facts.lastDenialAt },
    kind: rule.kind,
    windowMs: rule.windowMs,
    facts,
    mergedInto: null,
    revision: 2,
    severitySince: 1,
  };
  return {
    rule,
    subject: { rule: rule.id, workspaceId: null, tenantId: null, user: "alice@contoso.com" },
    decision: { ...decision, burst, before: null, finding },
    finding,
  };
}

async function deliver(
  findings: readonly Reported[],
  merged: readonly (readonly [string, string])[] = [],
) {
  const incidents: Incident[] = [];
  const steps: string[] = [];
  const sink: IncidentSink = {
    name: "test",
    deliver: (incident) => {
      incidents.push(incident);
      steps.push(incident.id);
      return Promise.resolve();
    },
    noteMerge: (id, keeper) => Promise.resolve(void steps.push(`${id} into ${keeper}`)),
  };
  await deliverFindings(sink, { findings, merged });
  return { incidents, steps };
}

test("every finding is delivered at its revision, whether or not this run changed it", async () => {
  const { incidents } = await deliver([
    reported("a", { action: "open", reason: "first-seen" }),
    reported("b", { action: "update", reason: "grew" }),
    reported("c", { action: "none", reason: "unchanged" }),
  ]);
  expect(incidents.map(({ id, revision }) => [id, revision])).toEqual([
    ["a", 2],
    ["b", 2],
    ["c", 2],
  ]);
  expect(incidents[0]?.text.title).toBe("MFA push attack on alice@contoso.com");
});

test("the comment for an incident that is there already never says that nothing changed", async () => {
  const { incidents } = await deliver([
    reported("a", { action: "open", reason: "first-seen" }),
    reported("b", { action: "update", reason: "approved-after" }),
    reported("c", { action: "none", reason: "unchanged" }),
  ]);
  expect(incidents.map(({ change }) => change.split(":")[0])).toEqual([
    "Update (found again)",
    "Update (approved-after)",
    "Update (delivered late)",
  ]);
});

test("only what this run judged anew is the newest", async () => {
  const { incidents } = await deliver([
    reported("a", { action: "open", reason: "first-seen" }),
    reported("c", { action: "none", reason: "unchanged" }),
  ]);
  expect(incidents.map(({ newest }) => newest)).toEqual([true, false]);
});

test("mergers are noted after all findings, so that the keeper is there", async () => {
  const { steps } = await deliver(
    [
      reported("keeper", { action: "update", reason: "merged" }),
      reported("other", { action: "open", reason: "first-seen" }),
    ],
    [["ended", "keeper"]],
  );
  expect(steps).toEqual(["keeper", "other", "ended into keeper"]);
});
