/** Settings, roles, queue and table are said in many places; here each is held against all others, both ways. */
import { describe, expect, test } from "vitest";
import { differences, shippedSides, type Sides } from "./truth.ts";

const sides = shippedSides();

test("code, template, README, SECURITY.md and the sample of settings say the same", () => {
  expect(differences(sides)).toEqual([]);
});

/** A text with one place of it changed, which has to be there. */
function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  expect(result).not.toBe(text);
  return result;
}

describe("a change of one side alone is found:", () => {
  const { APPROVAL_WATCH, ...fewer } = sides.declared;

  test.each<[string, (all: Sides) => Partial<Sides>]>([
    [
      "a setting that the code alone has",
      ({ declared }) => ({ declared: { ...declared, NEW_ONE: { fallback: "1", help: "New." } } }),
    ],
    ["a setting that the code alone lost", () => ({ declared: fewer })],
    [
      "a default that the code alone changed",
      ({ declared }) => ({
        declared: { ...declared, DETECTION_SCHEDULE: { fallback: "0 0 * * * *", help: "" } },
      }),
    ],
    [
      "a default that the README alone changed",
      ({ readme }) => ({ readme: changed(readme, /`PT60M`/, "`PT90M`") }),
    ],
    [
      "a setting that the README alone lost",
      ({ readme }) => ({ readme: changed(readme, /^\| `STATE_RETENTION`.*\n/m, "") }),
    ],
    [
      "a setting that the sample alone renamed",
      ({ sample }) => ({ sample: changed(sample, "STATE_RETENTION", "STATE_KEEP") }),
    ],
    [
      "a default that the sample alone changed",
      ({ sample }) => ({ sample: changed(sample, "P180D", "P90D") }),
    ],
    [
      "a setting that the template alone renamed",
      ({ template }) => ({ template: changed(template, /"DETECTION_RULES"/g, '"DETECTION_RULE"') }),
    ],
    [
      "a default that the template alone changed",
      ({ template }) => ({
        template: changed(
          template,
          '"defaultValue": "explicit-mfa-deny,mfa-deny-then-approve"',
          '"defaultValue": "x"',
        ),
      }),
    ],
    [
      "a further setting that the template alone lost",
      ({ template }) => ({ template: changed(template, /"STATE_RETENTION"/g, '"STATE_KEEP"') }),
    ],
    [
      "a table that the template alone renamed",
      ({ template }) => ({
        template: changed(template, '"stateTable": "MfaDenyState"', '"stateTable": "Other"'),
      }),
    ],
    [
      "a queue that the template alone renamed",
      ({ template }) => ({
        template: changed(template, '"backfillQueue": "mfa-deny-backfill"', '"backfillQueue": "q"'),
      }),
    ],
    ["a queue that the code alone renamed", () => ({ queue: "other" })],
    [
      "a role that the template alone lost",
      ({ template }) => ({
        template: changed(template, /974c5e8b-45b9-4653-ba55-5f855dd0fb88/g, ""),
      }),
    ],
    [
      "a role that the template alone has",
      ({ template }) => ({
        template: changed(
          template,
          /974c5e8b-45b9-4653-ba55-5f855dd0fb88/,
          "974c5e8b-45b9-4653-ba55-5f855dd0fb88 73c42c96-874c-492b-b04d-ab87d138a893",
        ),
      }),
    ],
    [
      "a role that the README alone lost",
      ({ readme }) => ({ readme: changed(readme, /^\| Storage Blob Data Owner.*\n/m, "") }),
    ],
    [
      "a role that SECURITY.md alone lost",
      ({ security }) => ({ security: changed(security, /^\| Storage Blob Data Owner.*\n/m, "") }),
    ],
    [
      "a role that the code alone names",
      ({ namedInCode }) => ({ namedInCode: [...namedInCode, "Owner"] }),
    ],
    [
      "an action that the custom role alone has",
      ({ leastPrivilege }) => ({
        leastPrivilege: changed(leastPrivilege, "[", '["Microsoft.X/y/read",'),
      }),
    ],
    [
      "an action that SECURITY.md alone lost",
      ({ security }) => ({
        security: changed(security, /^- `Microsoft.SecurityInsights\/incidents\/write`\n/m, ""),
      }),
    ],
    [
      "an action that the template alone lost",
      ({ template }) => ({
        template: changed(template, /"Microsoft.SecurityInsights\/incidents\/write",?/g, ""),
      }),
    ],
  ])("%s", (_, change) => {
    expect(APPROVAL_WATCH).toBeDefined();
    let result: readonly string[];
    try {
      result = differences({ ...sides, ...change(sides) });
    } catch (error) {
      // A JSON file that a change spoilt is found as well, but shows nothing here.
      throw new Error("the change has to leave a readable file", { cause: error });
    }
    expect(result).not.toEqual([]);
  });
});
