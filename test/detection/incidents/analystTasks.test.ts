import { expect, it } from "vitest";

import { analystTasks } from "../../../src/detection/incidents/analystTasks.ts";

it("the analyst's tasks have a title and say what to do", () => {
  expect(analystTasks.map(({ title }) => title)).toEqual([
    "Ask the user by another channel",
    "Review places, devices and addresses",
    "Look for successful sign-ins and role changes afterwards",
    "Decide on protection",
  ]);
  for (const { description: text } of analystTasks) {
    expect(text).toMatch(/\S.*[.?]$/);
  }
});

it("the last of them names sign-in risk policies, number matching and the revoking of sessions", () => {
  expect(analystTasks.at(-1)?.description).toMatch(
    /revoke the sessions.*sign-in risk policies.*number matching/,
  );
});
