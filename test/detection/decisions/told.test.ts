import { expect, test } from "vitest";
import {
  holdTold,
  newsOf,
  toldOf,
  type ToldContext,
} from "../../../src/detection/decisions/told.ts";
import { time } from "../../builders.ts";
import { answer, event, failed, passed } from "../context/lookedUp.ts";

const told: ToldContext = { verdict: "new", campaign: null, signs: ["a"], isPartial: false };

test("an incident records reports, significant signs and successes", () => {
  const report = event("09:11", { operation: "Suspicious activity reported" });
  const events = [report, event("09:20"), event("09:21", { operation: "Register device" })];
  const { signs } = toldOf(answer({ events, passed: [passed("09:30")] }));
  expect(signs).toHaveLength(3);
  expect(new Set(signs).size).toBe(3);
  expect(signs.join(" ")).not.toContain("alice");
});

test("a context is partial where a lookup failed, not where a table is missing", () => {
  const partial = (problem: "failed" | "not connected" | "cut") =>
    toldOf(answer({}, {}, { gaps: [{ table: "AuditLogs", problem }] })).isPartial;
  expect(partial("failed")).toBe(true);
  expect(partial("not connected")).toBe(false);
  expect(partial("cut")).toBe(false);
});

test("the campaign is named by its earliest finding", () => {
  const findings = [
    {
      names: ["bob@contoso.com"],
      id: "x",
      firstDenialAt: time("08:00"),
      lastDenialAt: time("08:05"),
      campaign: null,
    },
  ];
  expect(toldOf(answer({ failed: [failed("09:30")] }, {}, { findings })).campaign).toBe("x");
  expect(toldOf(answer()).campaign).toBeNull();
});

test("what was recorded once stays recorded", () => {
  expect(holdTold(told, null)).toBe(told);
  expect(
    holdTold(told, { verdict: "unknown", campaign: "x", signs: ["b"], isPartial: true }),
  ).toEqual({ verdict: "new", campaign: "x", signs: ["a", "b"], isPartial: true });
  expect(
    holdTold({ ...told, campaign: "y" }, { ...told, verdict: "mixed", campaign: "x" }),
  ).toEqual({
    ...told,
    verdict: "mixed",
    campaign: "y",
  });
});

test("news are signs, and what was not known before", () => {
  expect(newsOf(null, null)).toBeNull();
  expect(newsOf(told, null)).toBeNull();
  expect(newsOf(null, told)).toBe("context-added");
  expect(newsOf(told, told)).toBeNull();
  expect(newsOf(told, { ...told, signs: ["a", "b"] })).toBe("followed-by");
  expect(newsOf({ ...told, verdict: "unknown" }, told)).toBe("context-added");
  expect(newsOf({ ...told, verdict: "unknown" }, { ...told, verdict: "unknown" })).toBeNull();
  expect(newsOf(told, { ...told, campaign: "x" })).toBe("context-added");
  expect(newsOf({ ...told, isPartial: true }, told)).toBe("context-added");
  expect(newsOf({ ...told, isPartial: true }, { ...told, isPartial: true })).toBeNull();
});
