import { describe, expect, it } from "vitest";

import { countDenials, streaksOf } from "../../../src/detection/bursts/countDenials.ts";
import { everything, type Scope } from "../../../src/detection/signin/scope.ts";
import { alice } from "../../builders.ts";
import { accountOf, clock, excluding, nowhere, rule, sighting } from "../builders.ts";

const teams = { ...nowhere, appId: "teams" };
const withoutTeams = excluding({ applications: ["teams"] });

describe("the denials that a rule counts", () => {
  const sightings = [
    sighting("09:00"),
    sighting("09:01", { outcome: "fraudReported" }),
    sighting("09:02", { outcome: "wrongNumber" }),
    sighting("09:03", { outcome: "pending" }),
  ];
  const counted = (more: Parameters<typeof rule>[0], id?: string) =>
    countDenials(rule(more, id), accountOf(alice), sightings).map(({ at }) => clock(at));

  it("are of the outcomes that it names", () => {
    expect(counted({})).toEqual(["09:00:00", "09:01:00"]);
    expect(counted({}, "azure-ad-multiple-denied-mfa")).toEqual(["09:00:00"]);
    expect(counted({ counted: ["denied", "wrongNumber"] })).toEqual(["09:00:00", "09:02:00"]);
  });

  it("are not those that it excludes, nor does an excluded step stand for a Status", () => {
    const request = "r";
    const excludedStep = sighting("09:05", { request, origin: teams });
    const status = sighting("09:04", { request, source: "status", askedAt: null });
    const times = (scope: Scope) =>
      countDenials(rule({ scope }), accountOf(alice), [excludedStep, status]).map(({ at }) =>
        clock(at),
      );
    expect(times(everything)).toEqual(["09:05:00"]);
    expect(times(withoutTeams)).toEqual(["09:04:00"]);
    expect(times(excluding({ users: [alice.name] }))).toEqual([]);
  });

  it("are what its streaks are made of", () => {
    const [streak, ...others] = streaksOf(rule({ threshold: 2 }), accountOf(alice), sightings);
    expect(others).toEqual([]);
    expect(streak?.denials.map(({ at }) => clock(at))).toEqual(["09:00:00", "09:01:00"]);
  });
});
