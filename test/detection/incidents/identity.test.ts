import { describe, expect, it } from "vitest";

import { incidentName } from "../../../src/detection/decisions/record.ts";
import { incidentId, identifyPart } from "../../../src/detection/incidents/identity.ts";
import { alice, tenantId, time, workspaceId } from "../../builders.ts";

const uuidV5 = /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const subject = { rule: "explicit-mfa-deny", workspaceId, tenantId, user: alice.name };

describe("the id of an incident", () => {
  it("never changes: what was opened years ago is found again", () => {
    expect(incidentId(incidentName(subject, time("09:00")))).toBe(
      "93ac264d-9f99-56db-a8a2-4caa4ac5c894",
    );
  });

  it("is of its rule, workspace, tenant, user and first denial", () => {
    const others = [
      { ...subject, rule: "mfa-deny-then-approve" },
      { ...subject, workspaceId: null },
      { ...subject, tenantId: null },
      { ...subject, user: "bob@contoso.com" },
    ];
    const ids = [
      incidentId(incidentName(subject, time("09:00"))),
      incidentId(incidentName(subject, time("09:00") + 1)),
      ...others.map((each) => incidentId(incidentName(each, time("09:00")))),
    ];
    expect(new Set(ids).size).toBe(6);
    for (const id of ids) {
      expect(id).toMatch(uuidV5);
    }
  });
});

describe("the id of a part of an incident", () => {
  const incident = incidentId("an incident");

  it("is the same at every attempt, and of its own for every part and incident", () => {
    expect(identifyPart(incident, "task 1")).toBe(identifyPart(incident, "task 1"));
    const ids = [
      incident,
      identifyPart(incident, "task 1"),
      identifyPart(incident, "task 2"),
      identifyPart(incidentId("another"), "task 1"),
    ];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) {
      expect(id).toMatch(uuidV5);
    }
  });
});
