import { expect, it } from "vitest";
import { findStreaks } from "../../../src/detection/bursts/streak.ts";
import type { Context, ContextOf } from "../../../src/detection/context/context.ts";
import type { Decision } from "../../../src/detection/decisions/decision.ts";
import { judge } from "../../../src/detection/decisions/judge.ts";
import type { RecordedBurst } from "../../../src/detection/decisions/record.ts";
import { alice, tenantId, time } from "../../builders.ts";
import { prompts, recorded, rule } from "../builders.ts";
import { answer, event } from "../context/lookedUp.ts";

const denials = prompts("09:00", "09:01", "09:02", "09:03", "09:04");

function decide(
  context: Context | null,
  before: RecordedBurst | null = null,
  changes: Parameters<typeof rule>[0] = {},
): Decision | undefined {
  const current = rule(changes);
  const contextOf: ContextOf = () => context;
  const [decision] = judge({
    subject: { rule: "explicit-mfa-deny", workspaceId: null, tenantId, user: alice.name },
    recorded: before === null ? [] : [before],
    views: [
      { rule: current, streaks: findStreaks(current, denials), hidden: [], prompts: denials },
    ],
    approvals: [],
    incidentId: (name) => name,
    openFrom: null,
    bounded: false,
    contextOf,
  });
  return decision;
}

const quiet = answer({ refused: [] });
const partial = answer({ refused: [] }, {}, { gaps: [{ table: "AuditLogs", problem: "failed" }] });
const takeover = answer({ refused: [], events: [event("09:20", { address: "203.0.113.10" })] });

/** Opened with a context. */
function opened(context: Context | null = quiet): RecordedBurst {
  const burst = decide(context)?.burst;
  return burst ?? recorded("09:00", "09:04");
}

it("a new incident records the context it was given, and nothing without one", () => {
  expect(decide(quiet)?.burst.told).toEqual({
    verdict: "new",
    campaign: null,
    signs: [],
    isPartial: false,
  });
  expect(decide(null)?.burst).not.toHaveProperty("told");
});

it("a context that came later is reported as such, once", () => {
  const decision = decide(quiet, opened(null));
  expect(decision).toMatchObject({ action: "update", reason: "context-added" });
  expect(decide(quiet, decision?.burst ?? null)).toMatchObject({
    action: "none",
    reason: "unchanged",
  });
});

it("a missing part of the context is reported once it is available", () => {
  expect(decide(quiet, opened(partial))).toMatchObject({ reason: "context-added" });
});

it("a sign is reported once, and raises the severity permanently", () => {
  const decision = decide(takeover, opened());
  expect(decision).toMatchObject({
    action: "update",
    reason: "followed-by",
    burst: { facts: { severity: "High" }, revision: 2, severitySince: 2 },
  });
  const held = decision?.burst ?? null;
  expect(decide(takeover, held)).toMatchObject({ action: "none" });
  expect(decide(null, held)).toMatchObject({
    action: "none",
    burst: { facts: { severity: "High" } },
  });
});

it("an origin that turns out to be usual lowers nothing that is open", () => {
  const usual: Context = { ...quiet, origins: { ...quiet.origins, verdict: "usual" } };
  const decision = decide(usual, opened(), { usualOriginSeverity: "Low" });
  expect(decision?.burst.facts.severity).toBe("Medium");
  expect(time("09:00")).toBe(decision?.burst.facts.firstDenialAt);
});

it("a lookup that fails raises nothing, unless there are other denials", () => {
  const lenient = { usualOriginSeverity: "Low" } as const;
  const usual: Context = { ...quiet, origins: { ...quiet.origins, verdict: "usual" } };
  const low = decide(usual, null, lenient)?.burst ?? null;
  expect(low?.facts.severity).toBe("Low");
  expect(decide(null, low, lenient)).toMatchObject({ action: "none", reason: "unchanged" });
  for (const change of [
    { denials: 4 },
    { firstDenialAt: time("09:00:30") },
    { lastDenialAt: time("09:03:30") },
  ]) {
    const other = low === null ? null : { ...low, facts: { ...low.facts, ...change } };
    expect(decide(null, other, lenient)?.burst.facts.severity).toBe("Medium");
  }
});
