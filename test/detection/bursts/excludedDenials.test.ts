import { describe, expect, it } from "vitest";

import { excludedDenials, hiddenStreaks } from "../../../src/detection/bursts/excludedDenials.ts";
import { streaksOf } from "../../../src/detection/bursts/countDenials.ts";
import { alice, time } from "../../builders.ts";
import { accountOf, excluding, nowhere, onlyFor, rule, sighting } from "../builders.ts";

const account = accountOf(alice);
const teams = { ...nowhere, application: "Teams" };
const refused = (minutes: readonly number[], origin = nowhere) =>
  minutes.map((minute) => sighting(`09:${String(minute).padStart(2, "0")}`, { origin }));
const withoutTeams = excluding({ applications: ["teams"] });

describe("the denials that an exclusion hides", () => {
  const counts = (scope: ReturnType<typeof excluding>, sightings = refused([0, 1, 2], teams)) =>
    [...excludedDenials(rule({ scope }), account, sightings).values()].map((each) => each.length);

  it("are those that the rule would count without it, by exclusion", () => {
    expect(counts(withoutTeams)).toEqual([3]);
    expect(counts(withoutTeams, [...refused([0]), ...refused([1, 2], teams)])).toEqual([2]);
    expect(counts(excluding({ applications: ["mail"] }))).toEqual([]);
  });

  it("are none of what the rule does not count or is not for", () => {
    const wrong = [sighting("09:00", { origin: teams, outcome: "wrongCode" })];
    expect(counts(withoutTeams, wrong)).toEqual([]);
    const { exclude } = withoutTeams;
    expect(counts({ ...onlyFor({ users: ["bob@contoso.com"] }), exclude })).toEqual([]);
    expect(excludedDenials(rule(), account, refused([0])).size).toBe(0);
  });

  it("are not hidden where another row of the same prompt shows them", () => {
    const [one] = refused([0], teams);
    expect(
      counts(withoutTeams, one === undefined ? [] : [one, { ...one, origin: nowhere }]),
    ).toEqual([]);
  });
});

describe("the streaks that exclusions hide", () => {
  const hidden = (sightings: ReturnType<typeof refused>, scope = withoutTeams) => {
    const own = rule({ scope, threshold: 3 });
    return hiddenStreaks(own, account, sightings, streaksOf(own, account, sightings));
  };

  it("are those that would fire", () => {
    expect(hidden(refused([0, 1, 2], teams))).toMatchObject([{ triggeredAt: time("09:02") }]);
    expect(hidden(refused([0, 1], teams))).toEqual([]);
    expect(hidden([...refused([0, 1]), ...refused([2], teams)])).toHaveLength(1);
  });

  it("are none where something is told of them anyway, or nothing is excluded", () => {
    expect(hidden([...refused([0, 1, 2]), ...refused([3], teams)])).toEqual([]);
    expect(hidden(refused([0, 1]), onlyFor({ userType: "member" }))).toEqual([]);
  });
});
