/** The laws for rules that are for some and leave out others, some of it only until a moment. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseCidr } from "../../src/detection/signin/cidr.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";
import { anything } from "../../src/detection/signin/selector.ts";
import { approved, denialRow, row, time } from "../builders.ts";
import { cases } from "../cases.ts";
import { minute, rule } from "../detection/builders.ts";
import type { Row } from "./oracle.ts";
import { Detector, law, summary } from "./runs.ts";

const office = [parseCidr("192.0.2.0/24")].flatMap((each) => each ?? []);

/** Of one family, for different rows: `explicit-mfa-deny` leaves out the office for a while, `vip` is for some. */
function familyOf(vip: Partial<Rule>): readonly Rule[] {
  return [
    rule({
      scope: {
        appliesTo: anything,
        exclude: [
          {
            of: { ...anything, addresses: office },
            reason: "kiosks",
            owner: null,
            until: time("09:40"),
          },
        ],
      },
    }),
    rule({
      id: "vip",
      family: "explicit-mfa-deny",
      threshold: 3,
      scope: {
        appliesTo: { ...anything, domains: ["contoso.com"], countries: ["de"] },
        exclude: [],
      },
      ...vip,
    }),
    rule({ id: "watched", family: "watched", mode: "shadow", threshold: 2 }),
  ];
}

const families = {
  "the same window": familyOf({}),
  "a longer window": familyOf({ windowMs: 25 * minute }),
  "another kind of window": familyOf({ kind: "tumbling", windowMs: 10 * minute }),
  "an approval that one of them needs": familyOf({ approvalRequired: true, threshold: 2 }),
};

interface Event {
  readonly minutes: number;
  readonly address: string;
  readonly country: string;
  readonly isApproval: boolean;
}

const event: fc.Arbitrary<Event> = fc.record({
  minutes: fc.nat(60),
  address: fc.constantFrom("192.0.2.7", "203.0.113.10"),
  country: fc.constantFrom("DE", "FR"),
  isApproval: fc.constantFrom(false, false, false, false, true),
});

function rowOf({ minutes, address, country, isApproval }: Event): Row {
  const at = time("09:00") + minutes * minute;
  const fields = { Location: country, LocationDetails: {} };
  return isApproval
    ? row({ at, resultType: "0", steps: [approved(at)], address, fields })
    : denialRow(at, { address, fields });
}

/** All rows, some of them twice, in runs of any order. */
const history = fc
  .uniqueArray(event, { minLength: 6, maxLength: 24, selector: ({ minutes }) => minutes })
  .chain((events) =>
    fc.record({
      events: fc.constant(events),
      order: fc.shuffledSubarray([...events, ...events.slice(0, 3)], {
        minLength: events.length + Math.min(3, events.length),
      }),
      cuts: fc.array(fc.nat(events.length), { maxLength: 4 }),
    }),
  );

function runsOf(order: readonly Event[], cuts: readonly number[]): readonly (readonly Event[])[] {
  const ends = [...new Set([...cuts, order.length])].toSorted((a, b) => a - b);
  return ends.map((end, index) => order.slice(ends[index - 1] ?? 0, end));
}

describe("rules of different scopes in one family give one outcome, in whatever order and runs the rows come", () => {
  it.each(Object.entries(families))("with %s", async (_, rules) => {
    const met = { incidents: 0, ofVip: 0, hidden: 0, shadow: 0 };
    await law(
      fc.asyncProperty(history, async ({ events, order, cuts }) => {
        const whole = new Detector(...rules);
        const report = await whole.run(events.map(rowOf));
        const cut = new Detector(...rules);
        for (const each of runsOf(order, cuts)) {
          await cut.run(each.map(rowOf));
        }
        expect(cut.live().map(summary).toSorted()).toEqual(whole.live().map(summary).toSorted());
        met.incidents += whole.live().length;
        met.ofVip += whole.live().filter(({ burst }) => burst.rules?.includes("vip")).length;
        met.hidden += Object.values(report.excluded).reduce((sum, count) => sum + count, 0);
        met.shadow += report.notOpened.filter(
          ({ decision }) => decision.reason === "shadow",
        ).length;
      }),
      200,
    );
    // The law would be an empty one if nothing of this happened.
    for (const count of Object.values(met)) {
      expect(count, JSON.stringify(met)).toBeGreaterThan(cases(20));
    }
  });
});
