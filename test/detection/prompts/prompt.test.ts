import { describe, expect, it } from "vitest";

import { promptOutcomes } from "../../../src/detection/signin/outcome.ts";
import { resolvePrompts } from "../../../src/detection/prompts/prompt.ts";
import type { Sighting } from "../../../src/detection/signin/sighting.ts";
import { time } from "../../builders.ts";
import { clock, sighting } from "../builders.ts";

/** Each prompt's time and outcome; the same for the sightings in the opposite order. */
function resolved(...sightings: readonly Sighting[]): readonly string[] {
  const told = (each: readonly Sighting[]) =>
    resolvePrompts(each).map(({ at, outcome }) => `${clock(at)} ${outcome}`);
  expect(told(sightings.toReversed())).toEqual(told(sightings));
  expect(told([...sightings, ...sightings])).toEqual(told(sightings));
  return told(sightings);
}

const request = "r";
const unsequenced = { request, askedAt: null };
const status = { source: "status", askedAt: null, method: "", request } as const;

describe("steps of one account", () => {
  it("that show one RequestSequence are one prompt, also in two requests", () => {
    const askedAt = time("08:59:48");
    expect(
      resolved(sighting("09:00", { askedAt }), sighting("09:00", { askedAt, request })),
    ).toEqual(["09:00:00 denied"]);
    expect(resolved(sighting("09:00"), sighting("09:00", { askedAt: askedAt + 1 }))).toHaveLength(
      2,
    );
  });

  it("without one are told apart by request, method and second", () => {
    const one = sighting("09:00:00.100", unsequenced);
    const others = {
      "the same again": [sighting("09:00:00.900", unsequenced), 1],
      "another request": [sighting("09:00:00.100", { ...unsequenced, request: "s" }), 2],
      "another method": [sighting("09:00:00.100", { ...unsequenced, method: "phone call" }), 2],
      "another second": [sighting("09:00:01.000", unsequenced), 2],
    } as const;
    for (const [name, [other, count]] of Object.entries(others)) {
      expect(`${name}: ${resolved(one, other).length}`).toBe(`${name}: ${count}`);
    }
  });

  it("without one are the sequenced one of their request, method and second", () => {
    const sequenced = sighting("09:00:00.700", { request });
    expect(resolved(sequenced, sighting("09:00:00", unsequenced))).toEqual(["09:00:00 denied"]);
    expect(resolved(sequenced, sighting("09:00:01", unsequenced))).toHaveLength(2);
    expect(
      resolved(sequenced, sighting("09:00:00", { ...unsequenced, request: "s" })),
    ).toHaveLength(2);
  });

  it("without one are, of several sequenced in their second, the one asked first", () => {
    const first = { request, askedAt: time("08:59:40"), outcome: "noResponse" } as const;
    const second = { request, askedAt: time("08:59:50"), outcome: "wrongCode" } as const;
    expect(
      resolved(
        sighting("09:00:00.200", first),
        sighting("09:00:00.300", second),
        sighting("09:00:00", unsequenced),
      ),
    ).toEqual(["09:00:00 denied", "09:00:00.300 wrongCode"]);
  });
});

describe("variants of one prompt", () => {
  it("resolve to a fraud report before a refusal before any other end before none", () => {
    const strongestFirst = [
      "fraudReported",
      "denied",
      "wrongNumber",
      "noResponse",
      "wrongCode",
      "duplicateAttempt",
      "blocked",
      "technical",
      "pending",
    ] as const;
    expect(strongestFirst.toSorted()).toEqual([...promptOutcomes].toSorted());
    for (const [i, outcome] of strongestFirst.entries()) {
      const variants = strongestFirst
        .slice(i)
        .map((each) => sighting("09:00", { request, outcome: each }));
      expect(resolved(...variants)).toEqual([`09:00:00 ${outcome}`]);
    }
  });

  it("happened at the earliest time that one of them gives", () => {
    const askedAt = time("08:59:48");
    expect(
      resolved(
        sighting("09:00:05", { askedAt }),
        sighting("08:59:50", { askedAt, outcome: "pending" }),
      ),
    ).toEqual(["08:59:50 denied"]);
  });

  it("are all kept as what was seen of the prompt", () => {
    const variants = [
      sighting("09:00", { request }),
      sighting("09:00", { request, method: "other" }),
    ];
    expect(resolvePrompts(variants)[0]?.sightings).toEqual(variants);
  });
});

describe("the Status of a request", () => {
  it("adds one denial, however many rows repeat it", () => {
    expect(resolved(sighting("09:02", status), sighting("09:00", status))).toEqual([
      "09:00:00 denied",
    ]);
    expect(
      resolved(sighting("09:00", status), sighting("09:00", { ...status, request: "s" })),
    ).toHaveLength(2);
  });

  it("adds none where a step of the request was refused", () => {
    expect(
      resolved(
        sighting("09:00", status),
        sighting("09:01", { request }),
        sighting("09:02", { request }),
      ),
    ).toEqual(["09:01:00 denied", "09:02:00 denied"]);
  });

  it("stands for a fraud report as for a refusal", () => {
    const reported = { outcome: "fraudReported" } as const;
    expect(
      resolved(sighting("09:00", status), sighting("09:01", { request, ...reported })),
    ).toEqual(["09:01:00 fraudReported"]);
    expect(
      resolved(sighting("09:00", status), sighting("09:01", { ...status, ...reported })),
    ).toEqual(["09:00:00 fraudReported"]);
  });

  it("is cancelled by nothing else", () => {
    const others = [
      sighting("09:01", { request, outcome: "noResponse" }),
      sighting("09:02", { request, outcome: "pending" }),
      sighting("09:03", { request: "s" }),
    ];
    expect(resolved(sighting("09:00", status), ...others)).toEqual([
      "09:00:00 denied",
      "09:01:00 noResponse",
      "09:02:00 pending",
      "09:03:00 denied",
    ]);
  });
});

describe("prompts", () => {
  it("come oldest first, of one moment the strongest outcome first", () => {
    expect(
      resolved(
        sighting("09:05"),
        sighting("09:00", { outcome: "noResponse", askedAt: 1 }),
        sighting("09:00", { outcome: "fraudReported", askedAt: 2 }),
        sighting("08:00"),
      ),
    ).toEqual([
      "08:00:00 denied",
      "09:00:00 fraudReported",
      "09:00:00 noResponse",
      "09:05:00 denied",
    ]);
  });

  it("are none without sightings", () => {
    expect(resolvePrompts([])).toEqual([]);
  });
});
