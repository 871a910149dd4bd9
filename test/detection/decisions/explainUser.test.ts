import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { densestWindow, findStreaks } from "../../../src/detection/bursts/streak.ts";
import { parseCidr } from "../../../src/detection/signin/cidr.ts";
import {
  explainRules,
  indexPrompts,
  type Missing,
  type RuleExplanation,
} from "../../../src/detection/decisions/explainUser.ts";
import type { Rule } from "../../../src/detection/rules/rule.ts";
import type { Approval, Sighting } from "../../../src/detection/signin/sighting.ts";
import { time } from "../../builders.ts";
import {
  approval,
  clock,
  excluding,
  minute,
  nowhere,
  onlyFor,
  prompt,
  prompts,
  rule,
  sighting,
} from "../builders.ts";

const user = "alice@contoso.com";

function explain(
  by: Rule,
  known: readonly Sighting[],
  approvals: readonly Approval[] = [],
): RuleExplanation {
  const [explained] = explainAll([by], known, approvals);
  if (explained === undefined) {
    throw new Error("no rule was explained");
  }
  return explained;
}

function explainAll(
  rules: readonly Rule[],
  known: readonly Sighting[],
  approvals: readonly Approval[],
): readonly RuleExplanation[] {
  const account = { tenantId: null, user };
  return explainRules({ rules, account, sightings: known, approvals, incidentId: (name) => name });
}

function inWords(missing: Missing | null): string {
  if (missing === null) {
    return "nothing";
  }
  const { denials, approval: span } = missing;
  const when = typeof span === "string" ? span : `${clock(span.from)}-${clock(span.to)}`;
  return `${denials} denials, approval ${when}`;
}

function sightings(...clocks: readonly string[]): readonly Sighting[] {
  return clocks.map((at) => sighting(at));
}

describe("the densest window", () => {
  const densest = (more: Partial<Rule>, ...clocks: readonly string[]) => {
    const found = densestWindow(rule(more), prompts(...clocks));
    return found && `${found.denials} ${clock(found.from)} ${clock(found.to)}`;
  };

  //  09:00        09:15        09:30
  //  |  x   x     | x x x      |          of any window of 15 minutes, and the first of equal ones
  it("of a sliding rule is any window, its ends included", () => {
    expect(densest({}, "09:03", "09:07", "09:16", "09:17", "09:18")).toBe("5 09:03:00 09:18:00");
    expect(densest({}, "09:00", "09:15", "09:15:00.001")).toBe("2 09:00:00 09:15:00");
    expect(densest({}, "09:00", "09:01", "10:00", "10:01")).toBe("2 09:00:00 09:01:00");
    expect(densest({}, "09:00", "10:00", "10:01", "11:00", "11:01", "11:02")).toBe(
      "3 11:00:00 11:02:00",
    );
  });

  it("of a tumbling rule is a bucket", () => {
    const kind = "tumbling";
    expect(densest({ kind }, "09:13", "09:14", "09:15", "09:16", "09:17")).toBe(
      "3 09:15:00 09:17:00",
    );
    expect(densest({ kind }, "09:01", "09:02", "09:16", "09:17")).toBe("2 09:01:00 09:02:00");
  });

  it("is none without denials", () => {
    expect([densest({}), densest({ kind: "tumbling" })]).toEqual([null, null]);
  });

  it("reaches the threshold exactly if a rule fires", () => {
    const offsets = fc.array(fc.integer({ min: 0, max: 240 }), { maxLength: 30 });
    const kinds = fc.constantFrom("sliding" as const, "tumbling" as const);
    fc.assert(
      fc.property(offsets, kinds, fc.integer({ min: 1, max: 8 }), (minutes, kind, threshold) => {
        const denials = minutes
          .toSorted((a, b) => a - b)
          .map((each) => ({ ...prompt("09:00"), at: time("09:00") + each * minute }));
        const by = rule({ kind, threshold });
        const fires = findStreaks(by, denials).some(({ triggeredAt }) => triggeredAt !== null);
        expect((densestWindow(by, denials)?.denials ?? 0) >= threshold).toBe(fires);
      }),
    );
  });
});

describe("what a rule still asks for", () => {
  it("is nothing where it fires, and the decision says when", () => {
    const { streaks, missing } = explain(
      rule({ threshold: 3 }),
      sightings("09:00", "09:05", "09:10", "12:00"),
    );
    expect(inWords(missing)).toBe("nothing");
    expect(streaks.map((each) => inWords(each.missing))).toEqual([
      "nothing",
      "2 denials, approval none",
    ]);
    expect(streaks[0]?.decision?.burst.facts.triggeredAt).toBe(time("09:10"));
    expect(streaks[1]?.decision).toBeNull();
    const reversed = explain(rule({ threshold: 2 }), sightings("09:00", "12:00", "12:01"));
    expect(inWords(reversed.missing)).toBe("nothing");
  });

  it("is the rest of the denials, of the streak that came nearest", () => {
    const { missing } = explain(rule(), sightings("09:00", "09:05", "12:00", "12:01", "12:02"));
    expect(inWords(missing)).toBe("2 denials, approval none");
    const reversed = explain(rule(), sightings("09:00", "09:05", "09:06", "12:00", "12:01"));
    expect(inWords(reversed.missing)).toBe("2 denials, approval none");
  });

  it("is all of them without a denial", () => {
    expect(inWords(explain(rule(), []).missing)).toBe("5 denials, approval none");
  });

  it("is what the fullest bucket lacks, of a tumbling rule", () => {
    const { missing, streaks } = explain(
      rule({ kind: "tumbling" }),
      sightings("09:13", "09:14", "09:15", "09:16", "09:17"),
    );
    expect(streaks).toEqual([]);
    expect(inWords(missing)).toBe("2 denials, approval none");
  });

  it("is an approval in time, where one is required", () => {
    const by = rule({}, "mfa-deny-then-approve");
    const two = sightings("09:00", "09:05");
    expect(inWords(explain(by, two.slice(0, 1)).missing)).toBe("1 denials, approval any");
    expect(inWords(explain(by, two).missing)).toBe("0 denials, approval 09:05:00-10:05:00");
    expect(inWords(explain(by, two, [approval("09:04:59.999")]).missing)).toBe(
      "0 denials, approval 09:05:00-10:05:00",
    );
    expect(inWords(explain(by, two, [approval("10:05:00")]).missing)).toBe("nothing");
    expect(inWords(explain(by, two, [approval("10:05:00.001")]).missing)).not.toBe("nothing");
    // Of two bursts that lack one, the first.
    expect(inWords(explain(by, [...two, ...sightings("12:00", "12:05")]).missing)).toBe(
      "0 denials, approval 09:05:00-10:05:00",
    );
  });
});

describe("what a sighting comes to", () => {
  const origin = { ...nowhere, ipAddress: "203.0.113.10" };
  const range = parseCidr("203.0.113.0/24");
  const scope = excluding({ addresses: range === null ? [] : [range] });

  it("is determined by its prompt, the rule's outcomes and its exclusions", () => {
    const request = "r";
    const known = [
      sighting("09:00", { request }),
      sighting("09:00", { request, outcome: "noResponse" }),
      sighting("09:01", { outcome: "noResponse" }),
      sighting("09:02", { request, source: "status", askedAt: null }),
      sighting("09:03", { origin }),
    ];
    const { fateOf, denials } = explain(rule({ scope }), known);
    expect(known.map(fateOf)).toEqual([
      "counted",
      // Its prompt was refused, as another row tells.
      "counted",
      "other-outcome",
      "silenced",
      "excluded",
    ]);
    expect(denials).toHaveLength(1);
    expect(explain(rule(), known).denials).toHaveLength(2);
    const elsewhere = rule({ scope: onlyFor({ users: ["bob@contoso.com"] }) });
    expect(explain(elsewhere, known).fateOf(known[0] ?? sighting("09:00"))).toBe("elsewhere");
  });

  it("is not decided by a sighting that the rule excludes", () => {
    const request = "r";
    const status = sighting("09:02", { request, source: "status", askedAt: null });
    const known = [sighting("09:01", { request, origin }), status];
    expect(explain(rule(), known).fateOf(status)).toBe("silenced");
    expect(explain(rule({ scope }), known).fateOf(status)).toBe("counted");
  });

  it("is its own outcome where it is not among those that were read", () => {
    const { fateOf } = explain(rule(), []);
    expect([
      fateOf(sighting("09:00")),
      fateOf(sighting("09:00", { outcome: "wrongCode" })),
    ]).toEqual(["counted", "other-outcome"]);
  });
});

describe("the prompts of an account", () => {
  it("are numbered by time, and each sighting knows its own and by which rule", () => {
    const request = "r";
    const unsequenced = { request, askedAt: null } as const;
    const known = [
      sighting("09:05", { request }),
      sighting("09:05", unsequenced),
      sighting("09:01", unsequenced),
      sighting("09:03", { source: "status", askedAt: null, method: "" }),
      sighting("09:06", { source: "status", askedAt: null, method: "", request }),
    ];
    const { prompts: numbered, find } = indexPrompts(known);
    expect(numbered.map(({ at }) => clock(at))).toEqual(["09:01:00", "09:03:00", "09:05:00"]);
    expect(known.map(find)).toEqual([
      { by: "sent", number: 3 },
      { by: "joined", number: 3 },
      { by: "moment", number: 1 },
      { by: "status", number: 2 },
      { by: "silenced", number: null },
    ]);
  });
});
