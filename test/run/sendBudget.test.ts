import { expect, it } from "vitest";
import { newSendBudget } from "../../src/run/sendBudget.ts";
import { time, workspaceId, tenantId, alice } from "../builders.ts";
import { Bench, minute } from "./bench.ts";
import type { DueItem } from "../../src/run/ports.ts";

const item = (burstId: string, more: Partial<DueItem>): DueItem => ({
  subject: { rule: "explicit-mfa-deny", workspaceId, tenantId, user: alice.name },
  burstId,
  dueAt: time("09:00"),
  attempts: 0,
  lane: "live",
  incident: null,
  mergedInto: null,
  watch: null,
  ...more,
});

it("a run sends for two minutes, under claims of five and the cap", () => {
  const sending = newSendBudget(new Bench("09:30", []).detector(), "backfill");
  expect(sending).toMatchObject({
    lane: "backfill",
    left: 50,
    until: time("09:30") + 2 * minute,
    claimUntil: time("09:30") + 5 * minute,
  });
  expect(sending.waiting.size).toBe(0);
});

it("only items to be sent are pending, not those that are only watched", () => {
  const watch = { from: 0, to: 1, until: 2 };
  const due = [item("merged", { mergedInto: "keeper" }), item("watched", { watch })];
  const { waiting } = newSendBudget(new Bench("09:30", []).detector(), "live", due);
  expect([...waiting.keys()]).toEqual(["merged"]);
});
