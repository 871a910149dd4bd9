import { expect, test } from "vitest";
import { finding, made } from "../cli/report/findings.ts";
import { time } from "../builders.ts";
import { nowhere, prompts } from "../detection/builders.ts";

test("10,000 findings stay under 20 MB, each in the table and the worst with a section", () => {
  const many = Array.from({ length: 10_000 }, (_, index) =>
    finding({ user: `user${index}@contoso.com`, addresses: [`203.0.113.${index % 250}`] }),
  );
  const text = made(many);
  expect(text.length).toBeLessThan(20_000_000);
  expect(text).toContain("user9999<wbr />@contoso.com");
  expect(text.match(/<section/g)).toHaveLength(100);
  // The rest is laid out when it is opened.
  expect(text).toContain("<summary>The other 9500 findings</summary>");
});

test("a finding of 100,000 denials stays under 20 MB and says how many it leaves out", () => {
  const at = time("09:00");
  const denials = Array.from({ length: 100_000 }, (_, index) => ({
    outcome: "denied" as const,
    at: at + index * 1_000,
    sightings: [{ ...prompts("09:00")[0]!.sightings[0]!, origin: nowhere }],
  }));
  const text = made([finding({ denials })]);
  expect(text.length).toBeLessThan(20_000_000);
  expect(text).toContain("The first 200 of 100000.");
});
