import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readScenarios } from "../../src/cli/rules/scenarios/readScenarios.ts";
import { runScenario } from "../../src/cli/rules/scenarios/runScenario.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

/** What users of other rules for the same complain about. */
const complaints = [
  "alert-only-when-it-was-too-late",
  "fixed-buckets-split-bursts",
  "fraud-reports-hidden-behind-duplicates",
  "late-rows-lost",
  "mixed-case-of-user-names",
  "one-denial-fifty-incidents",
  "one-prompt-counted-several-times",
  "rotating-addresses-hide-the-burst",
  "success-counted-though-it-came-before",
  "the-window-was-never-applied",
  "time-outs-counted-as-denials",
];

test("every complaint has a file of its own", () => {
  expect(files.map((name) => name.replace(".json", ""))).toEqual(
    expect.arrayContaining(complaints),
  );
});

for (const name of files) {
  const scenarios = await readScenarios(`${folder}${name}`);

  describe(name.replace(".json", "").replaceAll("-", " "), () => {
    test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
      "%s",
      async (_, scenario) => {
        expect((await runScenario(scenario)).differences).toEqual([]);
      },
    );

    test("has a case that fires and one that does not", () => {
      const counts = scenarios.map(({ expect: findings }) => findings.length);
      expect([Math.min(...counts), Math.max(...counts) > 0]).toEqual([0, true]);
    });
  });
}

test("identities are examples only", () => {
  for (const name of files) {
    const text = readFileSync(`${folder}${name}`, "utf8").toLowerCase();
    for (const [, domain] of text.matchAll(/@([\w.]+)/g)) {
      expect(domain).toMatch(/^(?:emea\.)?contoso\.com$|^fabrikam\.com$/);
    }
    for (const [address] of text.matchAll(/\b\d+\.\d+\.\d+\.\d+\b/g)) {
      expect(address).toMatch(/^(?:192\.0\.2|198\.51\.100|203\.0\.113)\./);
    }
  }
});
