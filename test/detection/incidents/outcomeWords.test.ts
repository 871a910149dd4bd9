import { describe, expect, it } from "vitest";

import { describeIncident } from "../../../src/detection/incidents/incident.ts";
import { areRefusals, outcomeList } from "../../../src/detection/incidents/outcomeWords.ts";
import { alice, time } from "../../builders.ts";
import { accountOf, finding, prompt, rule } from "../builders.ts";

describe("prompts that a rule counted", () => {
  const refused = [prompt("09:00"), prompt("09:01", { outcome: "fraudReported" })];
  const mixed = [...refused, prompt("09:02", { outcome: "noResponse" }), prompt("09:03")];

  it("are refusals only where all were refused", () => {
    expect([areRefusals(refused), areRefusals(mixed)]).toEqual([true, false]);
  });

  it("are told by what became of them", () => {
    expect(outcomeList(mixed)).toBe("2 refused, 1 reported as fraud, 1 no answer");
  });
});

describe("an incident of a rule that counts more than refusals", () => {
  const denials = ["09:00", "09:01", "09:02", "09:03", "09:04"].map((at) =>
    prompt(at, { outcome: "noResponse" }),
  );
  const told = (more: Partial<ReturnType<typeof finding>> = {}) =>
    describeIncident(accountOf(alice), {
      ...finding({ approval: { at: time("09:30"), match: "same-address" } }),
      rules: [rule({ counted: ["denied", "noResponse"], knownFalsePositives: "None." })],
      denials,
      supporting: new Map([["wrongCode", 1]]),
      ...more,
    }).description;

  it("says what became of the prompts, and nowhere that they were refused", () => {
    const text = told();
    expect(text).toContain("`alice@contoso.com` did not approve **5 MFA prompts** (5 no answer)");
    expect(text).toContain("from the address of one of the prompts");
    expect(text).toContain("- Other prompts in that span, not counted: 1 with a wrong code");
    expect(text.replace(/^.*\*\*What to do:.*$/m, "").split("```")[0]).not.toMatch(/refus/i);
  });
});
