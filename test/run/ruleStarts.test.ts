import { describe, expect, it } from "vitest";

import { cutAtStarts, ruleStarts } from "../../src/run/ruleStarts.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import { approved, denialRow, row, time } from "../builders.ts";
import { Bench, day, denyThenApprove, explicitDeny, hour } from "./bench.ts";
import { publish } from "./fakeLog.ts";

const rules = [explicitDeny, denyThenApprove];

describe("a rule starts", () => {
  it("where the very first run begins, if it is there from the first", () => {
    expect(ruleStarts(rules, null, 7)).toEqual({
      "explicit-mfa-deny": 7,
      "mfa-deny-then-approve": 7,
    });
  });

  it("at the watermark if it came later, and never again", () => {
    const before = { ruleStarts: { "explicit-mfa-deny": 7 } };
    const after = ruleStarts(rules, before, 9);
    expect(after).toEqual({ "explicit-mfa-deny": 7, "mfa-deny-then-approve": 9 });
    expect(ruleStarts(rules, { ruleStarts: after }, 11)).toEqual(after);
  });

  it("at the watermark after an upgrade, if it is on by default now and was not before", () => {
    expect(ruleStarts(rules, {}, 9)).toEqual({
      "explicit-mfa-deny": 0,
      "mfa-deny-then-approve": 9,
    });
  });
});

describe("a range that is read again", () => {
  const cut = (from: number, to: number, starts: Readonly<Record<string, number>>) =>
    cutAtStarts({ from, to }, rules, starts).map(
      (part) => `${part.range.from}-${part.range.to} ${part.rules.map(({ id }) => id).join(" ")}`,
    );

  it("is read by the rules that were in use", () => {
    const starts = { "explicit-mfa-deny": 3, "mfa-deny-then-approve": 5 };
    expect(cut(6, 9, starts)).toEqual(["6-9 explicit-mfa-deny mfa-deny-then-approve"]);
    expect(cut(4, 9, starts)).toEqual([
      "4-5 explicit-mfa-deny",
      "5-9 explicit-mfa-deny mfa-deny-then-approve",
    ]);
    expect(cut(1, 4, starts)).toEqual(["3-4 explicit-mfa-deny"]);
    expect(cut(1, 3, starts)).toEqual([]);
    expect(cut(1, 2, {})).toEqual(["1-2 explicit-mfa-deny mfa-deny-then-approve"]);
  });
});

describe("after an upgrade", () => {
  const yielded = (at: number) => [
    denialRow(at),
    denialRow(at + 60_000),
    row({ at: at + 120_000, resultType: "0", steps: [approved(at + 120_000)] }),
  ];

  it("the daily second look opens nothing that was there before", async () => {
    const old = time("09:00");
    const bench = new Bench("09:30", publish(yielded(old)));
    await bench.run("09:30", { rules: [explicitDeny] });
    // As a version without starts left it.
    const { progress, ...stored } = bench.store.snapshot();
    const { ruleStarts: _, ...withoutStarts } = progress!;
    bench.store = new MemoryStore({ ...stored, progress: withoutStarts });
    bench.log.add(publish(yielded(old + 5 * hour)));
    await bench.run("14:30", { rules });
    const again = await bench.maintain(old + day, { rules });
    expect(again.opened).toBe(0);
    expect(bench.records().map(({ firstRecordedAt }) => firstRecordedAt)).toEqual([old + 5 * hour]);
  });
});
