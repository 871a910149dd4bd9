import { describe, expect, it } from "vitest";
import { isFinished, stateOf, type PartState } from "../../src/run/backfillJob.ts";
import { planParts } from "../../src/run/backfill.ts";

const request = {
  from: 0,
  to: 1,
  rules: ["explicit-mfa-deny"],
  workspaces: ["default"],
  dryRun: false,
};
const parts = (...states: readonly PartState[]) =>
  planParts({ ...request, workspaces: states }, 2).map((part, index) => ({
    ...part,
    state: states[index] ?? "queued",
  }));

describe("a backfill of several workspaces", () => {
  it.each([
    ["queued", ["queued", "queued"]],
    ["running", ["running"]],
    ["running", ["queued", "done"]],
    ["running", ["running", "failed"]],
    ["running", ["cancelled", "running"]],
    ["done", ["done", "done"]],
    ["failed", ["failed", "failed"]],
    ["failed", ["done", "failed"]],
    ["failed", ["cancelled", "failed", "done"]],
    ["cancelled", ["cancelled"]],
    ["cancelled", ["done", "cancelled"]],
  ] satisfies readonly [PartState, readonly PartState[]][])(
    "is %s where they are %j",
    (state, of) => {
      expect(stateOf(parts(...of))).toBe(state);
    },
  );
});

it("a part is finished when it is done, failed or cancelled", () => {
  const all = parts("queued", "running", "done", "failed", "cancelled");
  expect(all.filter(isFinished).map(({ state }) => state)).toEqual(["done", "failed", "cancelled"]);
});
