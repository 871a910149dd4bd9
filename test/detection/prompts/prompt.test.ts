import { describe, expect, it } from "vitest";

import { promptOutcomes } from "../../../src/detection/signin/outcome.ts";
import { isCounted, resolvePrompts } from "../../../src/detection/prompts/prompt.ts";
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

  it("without one are distinguished by request, method and second", () => {
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

  it("without one are, of several sequenced in their second, that of the same outcome", () => {
    const first = { request, askedAt: time("08:59:40"), outcome: "noResponse" } as const;
    const second = { request, askedAt: time("08:59:50"), outcome: "denied" } as const;
    expect(
      resolved(
        sighting("09:00:00.200", first),
        sighting("09:00:00.300", second),
        sighting("09:00:00", unsequenced),
      ),
    ).toEqual(["09:00:00 denied", "09:00:00.200 noResponse"]);
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

  it("happened at the earliest time that a final one gives, of any outcome", () => {
    const askedAt = time("08:59:48");
    const inProgress = sighting("08:59:50", { askedAt, outcome: "pending" });
    const denied = sighting("09:00:05", { askedAt });
    const noAnswer = sighting("09:00:02", { askedAt, outcome: "noResponse" });
    expect(resolved(denied, inProgress)).toEqual(["09:00:05 denied"]);
    expect(resolved(denied, inProgress, noAnswer)).toEqual(["09:00:02 denied"]);
    expect(resolved(inProgress)).toEqual(["08:59:50 pending"]);
  });

  it("count where one of them is of an outcome that counts", () => {
    const askedAt = time("08:59:48");
    const [prompt] = resolvePrompts([
      sighting("09:00", { askedAt }),
      sighting("09:00", { askedAt, outcome: "fraudReported" }),
    ]);
    if (prompt === undefined) {
      throw new Error("no prompt");
    }
    expect(isCounted(prompt, ["denied"])).toBe(true);
    expect(isCounted(prompt, ["fraudReported", "blocked"])).toBe(true);
    expect(isCounted(prompt, ["noResponse"])).toBe(false);
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

  it("covers a fraud report as well as a refusal", () => {
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

describe("the Status of a request whose arrays were cut off", () => {
  const cut = { request, details: "cut" } as const;

  it("adds a denial where no denial step lies within a minute of it", () => {
    const step = sighting("09:00", cut);
    const told = (at: string) => resolved(step, sighting(at, { ...status, ...cut }));
    expect(told("09:01:00.001")).toEqual(["09:00:00 denied", "09:01:00.001 denied"]);
    expect(told("09:01:00")).toEqual(["09:00:00 denied"]);
    expect(told("08:59:00")).toEqual(["09:00:00 denied"]);
    expect(told("08:58:59.999")).toEqual(["08:58:59.999 denied", "09:00:00 denied"]);
  });

  it("adds none where another row has a whole array, whatever that shows", () => {
    const step = sighting("09:00", cut);
    const late = sighting("09:05", { ...status, ...cut });
    const whole = { request, details: "whole", source: "none", outcome: "pending" } as const;
    expect(resolved(step, late, sighting("09:00", whole))).toEqual(["09:00:00 denied"]);
    expect(resolved(step, late, sighting("09:00", { ...whole, details: "none" }))).toHaveLength(2);
    expect(resolved(step, late, sighting("09:00", { ...whole, request: "s" }))).toHaveLength(2);
  });
});

describe("a Status that reports fraud", () => {
  const step = sighting("09:00", { request });
  const { askedAt, method, second } = step;
  const report = { ...status, askedAt, method, second, outcome: "fraudReported" } as const;
  const lending = sighting("09:05", { ...report, lends: true });

  it("lends its class to the last denial step of its row, and not its time", () => {
    expect(resolved(step, lending)).toEqual(["09:00:00 fraudReported"]);
    const bare = sighting("09:00", { request, askedAt: null });
    expect(resolved(bare, { ...lending, askedAt: null })).toEqual(["09:00:00 fraudReported"]);
  });

  it("lends nothing where it adds a denial of its own", () => {
    const cut = { details: "cut" } as const;
    expect(resolved({ ...step, ...cut }, { ...lending, ...cut })).toEqual([
      "09:00:00 denied",
      "09:05:00 fraudReported",
    ]);
  });
});

describe("a request known by two ids", () => {
  const original = { request: "first", requestAlias: "second", requestBy: "original" } as const;
  const bare = { request: "second", requestAlias: null, requestBy: "id" } as const;

  it("is one, in whichever order its rows come", () => {
    const step = sighting("09:00", { ...unsequenced, ...original });
    const same = sighting("09:00", { ...unsequenced, ...bare });
    expect(resolved(step, same)).toEqual(["09:00:00 denied"]);
    expect(resolved(same, step)).toEqual(["09:00:00 denied"]);
    expect(resolved(sighting("09:01", { ...status, ...bare }), step)).toHaveLength(1);
    expect(resolvePrompts([same, step])[0]?.sightings.map((each) => each.request)).toEqual([
      "first",
      "first",
    ]);
  });

  it("is another where a row has an OriginalRequestId of its own", () => {
    const step = sighting("09:00", { ...unsequenced, ...original });
    const other = sighting("09:00", { ...unsequenced, ...bare, requestBy: "original" });
    expect(resolved(step, other)).toHaveLength(2);
  });

  it("is the smaller of two that an id was given", () => {
    const step = sighting("09:00", { ...unsequenced, ...bare });
    const named = (name: string) =>
      sighting("09:01", { ...unsequenced, ...original, request: name });
    const match = (sightings: readonly Sighting[]) => {
      const prompts = resolvePrompts([step, ...sightings]);
      return prompts.map(({ sightings: [each] }) => each?.request);
    };
    expect(match([named("a"), named("b")])).toEqual(["a", "a", "b"]);
    expect(match([named("b"), named("a")])).toEqual(["a", "b", "a"]);
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

describe("a Status of a prompt that was not refused", () => {
  it("is silenced by a step of its request that ended the same way, and by no other", () => {
    const timedOut = { outcome: "noResponse" } as const;
    const step = sighting("09:00", { ...unsequenced, ...timedOut });
    expect(resolved(step, sighting("09:01", { ...status, ...timedOut }))).toEqual([
      "09:00:00 noResponse",
    ]);
    expect(resolved(step, sighting("09:01", { ...status, outcome: "wrongCode" }))).toHaveLength(2);
  });
});
