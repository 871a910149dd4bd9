import { expect, it } from "vitest";
import type { Context } from "../../../src/detection/context/context.ts";
import { approvalRow, contextFacts } from "../../../src/detection/incidents/contextFacts.ts";
import { time } from "../../builders.ts";
import { approval, finding } from "../builders.ts";
import { campaign, noContext, registered, report, spray, success } from "./contexts.ts";

it("nothing is said of a context that was not looked up", () => {
  expect(contextFacts(finding())).toBeNull();
});

it("a context in which nothing was found says so", () => {
  expect(contextFacts({ ...finding(), context: noContext })).toMatchObject({
    verdict: "unknown",
    spray: null,
    successes: 0,
    firstSuccessAt: null,
    signs: 0,
    firstSignAt: null,
    mailbox: false,
    campaign: null,
    gaps: [],
  });
});

it("what was found is counted and listed", () => {
  const address = (value: string, known: boolean) => ({
    address: value,
    known,
    days: 0,
    location: null,
    asNumber: null,
  });
  const context: Context = {
    ...noContext,
    origins: {
      ...noContext.origins,
      addresses: [address("203.0.113.10", false), address("198.51.100.1", true)],
      devices: [
        { id: "d1", name: "LAPTOP-1", known: null, days: 0 },
        { id: "d2", name: null, known: null, days: 0 },
      ],
    },
    spray,
    campaign,
    successes: [success],
    reports: [report],
    followed: [
      registered,
      { ...registered, kind: "inbox-rule" },
      { ...registered, meaning: "neutral" },
    ],
    gaps: [{ table: "AuditLogs", problem: "not connected" }],
  };
  expect(contextFacts({ ...finding(), context })).toMatchObject({
    newAddresses: ["203.0.113.10"],
    devices: ["LAPTOP-1", "d2"],
    spray: { accounts: 14, attempts: 40 },
    successes: 1,
    firstSuccessAt: time("09:25"),
    reports: 1,
    signs: 2,
    firstSignAt: time("09:20"),
    followed: [{ at: time("09:20") }, { at: time("09:20") }],
    mailbox: true,
    campaign: { id: "the-earliest", users: 2, members: ["bob@contoso.com", "carol@contoso.com"] },
    gaps: ["AuditLogs: not connected"],
  });
});

it("the row of an approval is the one of its time", () => {
  const approved = approval("09:12");
  const at = { at: time("09:12"), match: "other" } as const;
  expect(approvalRow({ ...finding({ approval: at }), approvals: [approved] })).toBe(approved);
  expect(approvalRow({ ...finding({ approval: at }), approvals: [] })).toBeNull();
  expect(approvalRow(finding())).toBeNull();
});
