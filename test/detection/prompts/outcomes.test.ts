import { describe, expect, it } from "vitest";

import { Evidence } from "../../../src/detection/prompts/evidence.ts";
import { countOutcomes } from "../../../src/detection/prompts/outcomes.ts";
import { alice, bob, tenantId } from "../../builders.ts";
import { rule, sighting } from "../builders.ts";

function evidence(): Evidence {
  const held = new Evidence();
  const account = { tenantId, user: alice.name };
  held.add(account, sighting("09:00"));
  // The same prompt, as another row shows it.
  held.add(account, sighting("09:00", { outcome: "pending" }));
  held.add(account, sighting("09:01", { outcome: "fraudReported" }));
  held.add(account, sighting("09:02", { outcome: "duplicateAttempt" }));
  held.add({ tenantId, user: bob.name }, sighting("09:00"));
  return held;
}

describe("the outcomes of a read", () => {
  it("count distinct prompts of every user", () => {
    expect(countOutcomes(evidence(), []).outcomes).toEqual({
      denied: 2,
      fraudReported: 1,
      wrongNumber: 0,
      noResponse: 0,
      wrongCode: 0,
      duplicateAttempt: 1,
      blocked: 0,
      technical: 0,
      pending: 0,
    });
  });

  it("count as denials what at least one rule counts, once", () => {
    const denials = (...counted: readonly (readonly ["denied" | "duplicateAttempt"])[]) =>
      countOutcomes(
        evidence(),
        counted.map((each) => rule({ counted: each })),
      ).denials;
    expect(countOutcomes(evidence(), [rule()]).denials).toBe(3);
    expect(denials()).toBe(0);
    expect(denials(["denied"], ["denied"])).toBe(2);
    expect(denials(["denied"], ["duplicateAttempt"])).toBe(3);
  });
});
