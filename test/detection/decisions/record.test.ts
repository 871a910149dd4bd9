import { describe, expect, it } from "vitest";

import { incidentName, recordDecisions } from "../../../src/detection/decisions/record.ts";
import { alice, tenantId, time, workspaceId } from "../../builders.ts";
import { recorded } from "../builders.ts";

describe("the name of an incident", () => {
  it("identifies the account of a burst, its rule and its beginning", () => {
    const subject = { rule: "explicit-mfa-deny", workspaceId, tenantId, user: alice.name };
    expect(incidentName(subject, time("09:00:00.250"))).toBe(
      `["explicit-mfa-deny","${workspaceId}","${tenantId}","alice@contoso.com","2026-03-10T09:00:00.250Z"]`,
    );
    expect(incidentName({ ...subject, workspaceId: null, tenantId: null }, time("09:00"))).toBe(
      '["explicit-mfa-deny","","","alice@contoso.com","2026-03-10T09:00:00.000Z"]',
    );
  });
});

describe("the records after decisions", () => {
  const known = recorded("09:00", "09:04", { id: "nine" });
  const changed = { ...known, revision: 2 };
  const other = recorded("12:00", "12:04", { id: "twelve" });

  it("contain what was opened and what changed", () => {
    const decisions = [
      { action: "update", burst: changed },
      { action: "open", burst: other },
    ];
    expect(recordDecisions([known], decisions)).toEqual([changed, other]);
  });

  it("contain nothing that was only looked at", () => {
    const decisions = [
      { action: "none", burst: changed },
      { action: "none", burst: other },
    ];
    expect(recordDecisions([known], decisions)).toEqual([known]);
  });
});
