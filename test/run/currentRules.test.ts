import { describe, expect, it } from "vitest";

import { currentRules } from "../../src/run/currentRules.ts";
import { readRuleText } from "../../src/settings/ruleFile.ts";

/** What a file says at each reading: a text, null for "as before", or an error. */
function bench(...says: readonly (string | null | Error)[]) {
  const warnings: unknown[] = [];
  let at = 0;
  const rulesNow = currentRules(
    {
      name: "rules.yaml",
      read: () => {
        const said = says[Math.min(at++, says.length - 1)] ?? null;
        return said instanceof Error ? Promise.reject(said) : Promise.resolve(said);
      },
    },
    (name, text) => readRuleText(name, text),
  );
  const log = {
    info: () => {},
    warn: (event: string, fields: object) => void warnings.push({ event, ...fields }),
    error: () => {},
  };
  const ids = async (signal = new AbortController().signal) =>
    (await rulesNow(log, signal)).map(({ id }) => id);
  return { ids, warnings };
}

const one = "- { id: one, threshold: 2, window: 5m }";
const two = "- { id: two, threshold: 2, window: 5m }";

describe("the rules of a file", () => {
  it("are those of its newest text", async () => {
    const { ids, warnings } = bench(one, null, two);
    expect([await ids(), await ids(), await ids()]).toEqual([["one"], ["one"], ["two"]]);
    expect(warnings).toEqual([]);
  });

  it("hold where the next text has a problem, or cannot be read, and the log says so each time", async () => {
    const { ids, warnings } = bench(one, "- id: x\n", null, new Error("down"), two);
    expect([await ids(), await ids(), await ids(), await ids(), await ids()]).toEqual([
      ["one"],
      ["one"],
      ["one"],
      ["one"],
      ["two"],
    ]);
    expect(warnings).toMatchObject(
      [
        { event: "rules not read", file: "rules.yaml", problem: /^rules\.yaml:1:3 /u },
        { problem: /^rules\.yaml:1:3 /u },
        { problem: "down" },
      ].map(({ problem, ...rest }) => ({
        ...rest,
        problem: typeof problem === "string" ? problem : expect.stringMatching(problem),
      })),
    );
  });

  it("are none where the first text cannot be used: the run fails with every problem", async () => {
    await expect(bench("- id: x\n").ids()).rejects.toThrow(
      /^the rules cannot be used: rules\.yaml:1:3 \[0\]\.id is none of the rules that ship/,
    );
    await expect(bench(new Error("down")).ids()).rejects.toThrow("the rules cannot be used: down");
  });

  it("are not asked for any more where the run is ended", async () => {
    await expect(
      bench(one, new Error("x")).ids(AbortSignal.abort(new Error("ended"))),
    ).resolves.toEqual(["one"]);
    const { ids } = bench(new Error("x"));
    await expect(ids(AbortSignal.abort(new Error("ended")))).rejects.toThrow("ended");
  });
});
