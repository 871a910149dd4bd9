import { describe, expect, it } from "vitest";
import {
  drawAtOnce,
  expectAsInTurn,
  modeNames,
  playInTurn,
  playTogether,
  weathers,
} from "./atOnceStories.ts";
import { extent, timeLimitMs } from "./extent.ts";
import { claimsIgnored, lastWriteWins, nothing, recordAfterSend } from "./plants.ts";
import { playAll, storiesUntilCaught } from "./seededStories.ts";

describe("runs, backfills and second looks at once, in any mix,", () => {
  it(
    "leave the incidents that they leave one after the other, each once",
    async () => {
      const count = extent(40, 3_000, 150);
      const sums = { calls: 0, contended: 0, incidents: 0, merged: 0 };
      await playAll(count, async (number, random) => {
        const story = drawAtOnce(number, random);
        const played = await playTogether(number, story, nothing);
        expectAsInTurn(story, played, await playInTurn(story));
        sums.calls += played.calls;
        sums.contended += played.contended;
        const { recorded } = played.ending;
        sums.incidents += recorded.length;
        sums.merged += recorded.filter(({ burst }) => burst.mergedInto !== null).length;
      });
      console.log(
        `at once: ${count} interleavings of ${modeNames.length} kinds, ${JSON.stringify(sums)}`,
      );
      expect(sums.incidents).toBeGreaterThan(2 * count);
      expect(sums.merged).toBeGreaterThanOrEqual(count / 20);
    },
    2 * timeLimitMs,
  );
});

describe("a fault that is planted in runs that are at once is caught:", () => {
  it.each([
    ["what is recorded is recorded after it was sent", recordAfterSend],
    ["a conflict is ignored, and the last one to write wins", lastWriteWins],
    ["claims are ignored", claimsIgnored],
  ] as const)(
    "%s",
    async (_, plant) => {
      const most = 200;
      const needed = await storiesUntilCaught(most, async (number, random) => {
        // Much is left for later runs, and no claim ends by itself.
        const drawn = drawAtOnce(number, random, "three runs");
        const story = { ...drawn, cap: 1, weather: weathers.brisk };
        expectAsInTurn(story, await playTogether(number, story, plant), await playInTurn(story));
      });
      expect(needed).toBeLessThanOrEqual(most);
    },
    timeLimitMs,
  );
});
