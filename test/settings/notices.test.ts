import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { noticesOn } from "../../src/settings/notices.ts";

it("an app that writes to Sentinel's API alone is told what that means in the Defender portal", () => {
  const notices = noticesOn({ sinks: ["sentinel"], dryRun: false });
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/do not appear in the Defender portal.*31 March 2027.*defender\.md/);
  expect(readFileSync("docs/defender.md", "utf8")).toContain("31 March 2027");
});

it("one that writes to the table as well, or nothing at all, is told nothing", () => {
  expect(noticesOn({ sinks: ["sentinel", "logs"], dryRun: false })).toEqual([]);
  expect(noticesOn({ sinks: ["logs"], dryRun: false })).toEqual([]);
  expect(noticesOn({ sinks: ["sentinel"], dryRun: true })).toEqual([]);
});
