import { describe, expect, it } from "vitest";

import {
  approvalsOf,
  distinctApprovals,
  strongerApproval,
} from "../../../src/detection/decisions/approval.ts";
import {
  assess,
  countSupporting,
  gatherEvidence,
} from "../../../src/detection/decisions/finding.ts";
import { higher, severities } from "../../../src/detection/rules/rule.ts";
import { time } from "../../builders.ts";
import { approval, clock, facts, nowhere, prompt, rule } from "../builders.ts";

const refusedFrom = { origin: { ...nowhere, ipAddress: "203.0.113.10" } };
/** Triggered at 09:02; the last denial is at 09:10. */
const denials = ["09:00", "09:01", "09:02", "09:10"].map((at) => prompt(at, refusedFrom));

const burst = {
  rules: [rule()],
  denials,
  triggeredAt: time("09:02"),
  approvals: [],
  context: null,
  before: null,
};

function weighed(
  approvals: readonly ReturnType<typeof approval>[],
  more: Parameters<typeof rule>[0] = {},
): string {
  const weigh = (given: typeof approvals) =>
    assess({
      ...burst,
      rules: [rule(more)],
      approvals: approvalsOf(
        given.toSorted((a, b) => a.at - b.at),
        [rule(more)],
        burst.triggeredAt,
        time("09:10"),
      ),
    });
  const { severity, approval: found } = weigh(approvals);
  expect(weigh(approvals.toReversed()).approval).toEqual(found);
  return `${severity} ${found === null ? "-" : `${clock(found.at)} ${found.match}`}`;
}

describe("a burst", () => {
  it("is counted and timed", () => {
    expect(assess(burst)).toEqual({
      atLeast: false,
      denials: 4,
      fraudReports: 0,
      firstDenialAt: time("09:00"),
      triggeredAt: time("09:02"),
      lastDenialAt: time("09:10"),
      severity: "Medium",
      approval: null,
    });
  });

  it("is of the rule's severity while nothing raises it", () => {
    for (const severity of severities) {
      expect(weighed([], { severity })).toBe(`${severity} -`);
    }
  });

  it("is raised by a fraud report that is one of its denials", () => {
    const reported = [...denials, prompt("09:11", { outcome: "fraudReported" })];
    expect(assess({ ...burst, denials: reported })).toMatchObject({
      denials: 5,
      fraudReports: 1,
      severity: "High",
    });
  });
});

describe("an approval", () => {
  it("counts from the trigger on, and not before", () => {
    expect(weighed([approval("09:01:59.999")])).toBe("Medium -");
    expect(weighed([approval("09:02:00.000")])).toBe("High 09:02:00 other");
  });

  it("counts as long as the rule watches after the last denial", () => {
    expect(weighed([approval("10:10:00.000")])).toBe("High 10:10:00 other");
    expect(weighed([approval("10:10:00.001")])).toBe("Medium -");
    expect(weighed([approval("09:10:30.001")], { approvalWatchMs: 30_000 })).toBe("Medium -");
  });

  it("counts in whatever order it comes with others that do not", () => {
    const before = approval("09:01");
    const after = approval("10:10:00.001");
    expect(weighed([before, approval("09:05"), after])).toBe("High 09:05:00 other");
    expect(weighed([before, after])).toBe("Medium -");
  });

  it("matches by request, by address, or by neither", () => {
    const request = "request of 09:01";
    const ipAddress = "203.0.113.10";
    expect(weighed([approval("09:05", { request })])).toBe("High 09:05:00 same-request");
    expect(weighed([approval("09:05", { request, ipAddress })])).toBe("High 09:05:00 same-request");
    expect(weighed([approval("09:05", { ipAddress })])).toBe("High 09:05:00 same-address");
    expect(weighed([approval("09:05")])).toBe("High 09:05:00 other");
  });

  it("of an unknown address is not of the same address as an unknown one", () => {
    const unknown = [prompt("09:00"), prompt("09:02")];
    expect(
      assess({ ...burst, denials: unknown, approvals: [approval("09:05", { ipAddress: null })] }),
    ).toMatchObject({ approval: { match: "other" } });
  });

  it("is shown by its closest match, of equal ones the earliest", () => {
    const other = approval("09:03");
    const address = approval("09:05", { ipAddress: "203.0.113.10" });
    const later = approval("09:06", { ipAddress: "203.0.113.10" });
    const request = approval("09:08", { request: "request of 09:10" });
    expect(weighed([other, later, address])).toBe("High 09:05:00 same-address");
    expect(weighed([other, later, address, request])).toBe("High 09:08:00 same-request");
  });

  it("that matches nothing raises nothing where the rule wants matched ones", () => {
    const approvalRaises = "matched";
    expect(weighed([approval("09:05")], { approvalRaises })).toBe("Medium 09:05:00 other");
    expect(weighed([approval("09:05", { ipAddress: "203.0.113.10" })], { approvalRaises })).toBe(
      "High 09:05:00 same-address",
    );
  });
});

describe("approvals that rows repeat", () => {
  const details = { location: null, application: "Teams", method: null, session: null };
  const whole = approval("09:05", { request: "o", requestAlias: "i", details });

  /** In whatever order they come. */
  function distinct(...approvals: readonly ReturnType<typeof approval>[]) {
    const found = distinctApprovals(approvals);
    expect(distinctApprovals(approvals.toReversed())).toEqual(found);
    return found;
  }

  it("are one, by whichever name of the request, and the one that says most stands for all", () => {
    const plain = approval("09:05", { request: "o" });
    const unplaced = approval("09:05", { request: "o", ipAddress: null });
    const byId = approval("09:05", { request: "i", requestBy: "id" });
    const later = approval("09:05:00.400", { request: "o" });
    expect(distinct(plain, unplaced, byId, whole, later, whole)).toEqual([whole]);
    expect(distinct(unplaced, plain)).toEqual([plain]);
  });

  it("are two of different requests or seconds, oldest first", () => {
    const other = approval("09:05", { request: "another" });
    const next = approval("09:05:01", { request: "o" });
    expect(distinct(next, whole, other)).toEqual([whole, other, next]);
  });
});

describe("of two", () => {
  it("approvals the closer is the stronger, then the earlier", () => {
    const earlier = { at: 1, match: "other" } as const;
    const later = { at: 2, match: "other" } as const;
    const closer = { at: 3, match: "same-address" } as const;
    expect(strongerApproval(earlier, later)).toBe(earlier);
    expect(strongerApproval(later, earlier)).toBe(earlier);
    expect(strongerApproval(earlier, closer)).toBe(closer);
    expect(strongerApproval(closer, earlier)).toBe(closer);
  });

  it("severities one is the higher", () => {
    expect(higher("Low", "Medium")).toBe("Medium");
    expect(higher("High", "Medium")).toBe("High");
    expect(higher("Informational", "Informational")).toBe("Informational");
  });
});

describe("the evidence", () => {
  it("lists what was seen once, in order, and leaves out what is unknown", () => {
    const from = (ipAddress: string | null, more: Partial<typeof nowhere> = {}) => ({
      origin: { ...nowhere, ipAddress, ...more },
    });
    const evidence = gatherEvidence([
      prompt("09:00", from("203.0.113.10", { location: "Lagos, NG", userId: "b" })),
      prompt("09:01", from("192.0.2.7", { application: "Teams", userAgent: "curl/8" })),
      prompt("09:02", from("203.0.113.10", { guest: true, location: "Berlin, DE", userId: "a" })),
      prompt("09:03", from(null)),
      prompt("09:04", from("2001:db8::7")),
    ]);
    expect(evidence).toEqual({
      userId: "a",
      guest: true,
      ipAddresses: ["192.0.2.7", "203.0.113.10", "2001:db8::7"],
      applications: ["Teams"],
      userAgents: ["curl/8"],
      locations: ["Berlin, DE", "Lagos, NG"],
    });
  });

  it("is empty where nothing is known", () => {
    expect(gatherEvidence([prompt("09:00")])).toEqual({
      userId: null,
      guest: false,
      ipAddresses: [],
      applications: [],
      userAgents: [],
      locations: [],
    });
  });
});

describe("what else was asked", () => {
  it("is counted by outcome, from the first to the last denial, without what the rule counts", () => {
    const around = [
      prompt("08:59", { outcome: "noResponse" }),
      prompt("09:00", { outcome: "noResponse" }),
      prompt("09:01"),
      prompt("09:02", { outcome: "wrongNumber" }),
      prompt("09:10", { outcome: "noResponse" }),
      prompt("09:11", { outcome: "wrongNumber" }),
    ];
    expect(countSupporting([rule()], around, facts())).toEqual(
      new Map([
        ["noResponse", 2],
        ["wrongNumber", 1],
      ]),
    );
    const wider = rule({ counted: ["denied", "noResponse"] });
    expect(countSupporting([wider], around, facts())).toEqual(new Map([["wrongNumber", 1]]));
  });
});
