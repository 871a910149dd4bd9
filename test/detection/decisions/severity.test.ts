import { describe, expect, it } from "vitest";

import type { OriginVerdict } from "../../../src/detection/context/context.ts";
import { severityOf, type Weight } from "../../../src/detection/decisions/severity.ts";
import { time } from "../../builders.ts";
import { rule } from "../builders.ts";
import { noContext, registered, report } from "../incidents/contexts.ts";

const verdicts: readonly OriginVerdict[] = ["usual", "new", "mixed", "unknown"];

function weight(more: Partial<Weight> = {}): Weight {
  return {
    fraudReports: 0,
    triggeredAt: time("09:10"),
    approval: null,
    context: null,
    before: null,
    ...more,
  };
}

function under(verdict: OriginVerdict, more: Partial<Weight["context"]> = {}): Partial<Weight> {
  return { context: { ...noContext, origins: { ...noContext.origins, verdict }, ...more } };
}

describe("the severity of a rule that goes by the origin", () => {
  const gaveIn = rule({}, "mfa-deny-then-approve");

  it("is its own if the origin is new or mixed, and Medium otherwise", () => {
    expect(verdicts.map((verdict) => severityOf(gaveIn, weight(under(verdict))))).toEqual([
      "Medium",
      "High",
      "High",
      "Medium",
    ]);
    expect(severityOf(gaveIn, weight())).toBe("Medium");
    expect(severityOf({ ...gaveIn, severity: "Low" }, weight())).toBe("Low");
  });

  it("is decided when the rule first finds the burst: a later answer raises nothing", () => {
    const since = (id: string) => ({
      before: { rules: new Set([id]), verdict: "unknown" as const },
    });
    expect(severityOf(gaveIn, weight({ ...under("new"), ...since(gaveIn.id) }))).toBe("Medium");
    expect(severityOf(gaveIn, weight({ ...under("new"), ...since("another") }))).toBe("High");
  });

  it("is raised by nothing else", () => {
    const more = { fraudReports: 1, ...under("unknown", { reports: [report] }) };
    expect(severityOf(gaveIn, weight(more))).toBe("Medium");
  });
});

describe("the severity of any other rule", () => {
  it("is raised by a report in the audit log, and by a sign of a takeover after it fired", () => {
    expect(severityOf(rule(), weight(under("unknown")))).toBe("Medium");
    expect(severityOf(rule(), weight(under("usual", { reports: [report] })))).toBe("High");
    const followed = (more: Partial<typeof registered>) =>
      severityOf(rule(), weight(under("new", { followed: [{ ...registered, ...more }] })));
    expect(followed({})).toBe("High");
    expect(followed({ at: time("09:10") })).toBe("High");
    expect(followed({ at: time("09:09:59.999") })).toBe("Medium");
    expect(followed({ meaning: "protective" })).toBe("Medium");
  });

  it("is lower from a usual origin where that is set, unless something raises it", () => {
    const lenient = rule({ usualOriginSeverity: "Low" });
    expect(verdicts.map((verdict) => severityOf(lenient, weight(under(verdict))))).toEqual([
      "Low",
      "Medium",
      "Medium",
      "Medium",
    ]);
    expect(severityOf(lenient, weight({ ...under("usual"), fraudReports: 1 }))).toBe("High");
    expect(severityOf({ ...lenient, severity: "Informational" }, weight(under("usual")))).toBe(
      "Informational",
    );
  });

  it("goes by what was known of the same denials where a lookup fails", () => {
    const lenient = rule({ usualOriginSeverity: "Low" });
    const before = { rules: new Set([lenient.id]), verdict: "usual" as const };
    expect(severityOf(lenient, weight({ ...under("unknown"), before }))).toBe("Low");
    expect(severityOf(lenient, weight({ before }))).toBe("Low");
    expect(severityOf(lenient, weight({ ...under("mixed"), before }))).toBe("Medium");
  });
});
