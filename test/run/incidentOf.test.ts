import { describe, expect, it } from "vitest";
import { analystTasks } from "../../src/detection/incidents/analystTasks.ts";
import { describeChange } from "../../src/detection/incidents/change.ts";
import { describeIncident } from "../../src/detection/incidents/incident.ts";
import { incidentOf } from "../../src/run/incidentOf.ts";
import { alice, tenantId, workspaceId } from "../builders.ts";
import { facts, finding, recorded } from "../detection/builders.ts";

const subject = { rule: "explicit-mfa-deny", workspaceId, tenantId, user: alice.name };
const before = recorded("09:00", "09:04", { id: "nine", facts: { denials: 4 } });
const burst = { ...before, revision: 3, severitySince: 2, facts: facts() };

describe("the incident that a decision asks for", () => {
  const found = finding();
  const incident = incidentOf(subject, { burst, before, reason: "grew" }, found);

  it("says what the finding says, and what changed", () => {
    expect(incident).toEqual({
      id: "nine",
      revision: 3,
      text: describeIncident(subject, found),
      tasks: analystTasks,
      change: describeChange("grew", before, found),
      summary: {
        rule: {
          id: "explicit-mfa-deny",
          name: "Explicit MFA Deny Detection",
          techniques: ["T1621", "T1078.004"],
        },
        subject,
        reason: "grew",
        facts: facts(),
        evidence: found.evidence,
        approvedBy: null,
        context: null,
        severitySince: 2,
      },
      sentRevision: 0,
    });
    expect(incident.change).toContain("1 more than before");
  });

  it("compares with nothing if there was nothing", () => {
    const { change } = incidentOf(subject, { burst, before: null, reason: "first-seen" }, found);
    expect(change).toBe(describeChange("first-seen", null, found));
  });

  it("waits in a row of the state, so its lists are short and hide nothing", () => {
    const many = Array.from({ length: 21 }, (_, i) => `${i}\u202e`);
    const lists = { ipAddresses: many, applications: many, userAgents: many, locations: many };
    const { evidence } = incidentOf(
      subject,
      { burst, before, reason: "grew" },
      finding({}, { guest: true, ...lists }),
    ).summary;
    const short = Array.from({ length: 20 }, (_, i) => `${i}[U+202E]`);
    expect(evidence).toEqual({
      userId: found.evidence.userId,
      guest: true,
      ipAddresses: short,
      applications: short,
      userAgents: short,
      locations: short,
    });
  });
});
