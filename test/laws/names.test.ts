/** Law 8: any mix of names of one account gives the outcome of one name, and two accounts never share an incident. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bob } from "../builders.ts";
import { cases } from "../cases.ts";
import { nameRules, namesStory } from "./names.ts";
import { Detector, law, summary } from "./runs.ts";

describe("rows under any names of two people", () => {
  it("give the incidents of rows under one name each, in whatever runs they come", async () => {
    const met = { incidents: 0, ofBob: 0, runs: 0 };
    await law(
      fc.asyncProperty(namesStory, async ({ plain, runs }) => {
        const named = new Detector(...nameRules);
        await named.run(plain);
        const mixed = new Detector(...nameRules);
        for (const rows of runs) {
          const { findings, notOpened } = await mixed.run(rows);
          for (const { finding } of [...findings, ...notOpened]) {
            expect(new Set(finding.denials.map(({ at }) => at % 1_000)).size).toBe(1);
            expect(finding.approvals.every(({ at }) => at % 1_000 === marked(finding))).toBe(true);
          }
        }
        expect(mixed.live().map(summary).toSorted()).toEqual(named.live().map(summary).toSorted());
        met.incidents += named.live().length;
        met.ofBob += named.live().filter(({ user }) => user === bob.id).length;
        met.runs += runs.length;
      }),
      400,
    );
    // The law would be an empty one without incidents of both, and without several runs.
    expect(met.incidents).toBeGreaterThan(cases(200));
    expect(met.ofBob).toBeGreaterThan(cases(20));
    expect(met.runs).toBeGreaterThan(cases(800));
  });
});

function marked({ denials: [first] }: { readonly denials: readonly { readonly at: number }[] }) {
  return (first?.at ?? 0) % 1_000;
}
