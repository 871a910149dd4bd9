import { expect, test } from "vitest";
import { allows, type Permission } from "../../src/doctor/permission.ts";

const read = "Microsoft.SecurityInsights/incidents/read";
const granted = (actions: readonly string[], notActions: readonly string[] = []): Permission => ({
  actions,
  notActions,
});

test.each([
  ["the action itself", read],
  ["the action in another case", "microsoft.securityinsights/INCIDENTS/read"],
  ["everything", "*"],
  ["everything of a provider", "Microsoft.SecurityInsights/*"],
  ["all reads", "*/read"],
  ["a star in the middle", "Microsoft.SecurityInsights/*/read"],
  ["two stars", "Microsoft.*/incidents/*"],
])("an assignment with %s allows the action", (_, pattern) => {
  expect(allows([granted([pattern])], read)).toBe(true);
});

test.each([
  ["nothing", ""],
  ["another action", "Microsoft.SecurityInsights/incidents/write"],
  ["the beginning of it", "Microsoft.SecurityInsights/incidents"],
  ["more than it", `${read}/more`],
  ["another provider", "Microsoft.Insights/*"],
  ["a star that would have to overlap", "Microsoft.SecurityInsights/incidents/read*read"],
])("an assignment with %s does not", (_, pattern) => {
  expect(allows([granted([pattern])], read)).toBe(false);
});

test("what an assignment takes away it does not allow, but another one may", () => {
  const taken = granted(["*"], ["Microsoft.SecurityInsights/*"]);
  expect(allows([taken], read)).toBe(false);
  expect(allows([taken, granted([read])], read)).toBe(true);
});
