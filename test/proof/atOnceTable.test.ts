import { randomUUID } from "node:crypto";
import { TableClient } from "@azure/data-tables";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TableState } from "../../src/state/table/tableState.ts";
import { startAzurite, type Azurite } from "../../standins/azurite.ts";
import { makeCertificate } from "../../standins/certificate.ts";
import {
  drawAtOnce,
  expectAsInTurn,
  playInTurn,
  playTogether,
  type Storage,
} from "./atOnceStories.ts";
import { extent, timeLimitMs } from "./extent.ts";
import { nothing } from "./plants.ts";
import { playAll } from "./seededStories.ts";
import type { VirtualTime } from "./virtualTime.ts";

const certificate = makeCertificate();
let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite(certificate);
}, 60_000);
afterAll(() => azurite.stop());

/**
 * A client each of whose requests, and each answer, takes its time. A story is played in the same order every time,
 * but for the pause that `TableState` makes in real time when two runs meet at the watermark.
 */
function connect(time?: VirtualTime, lagMs: () => number = () => 0): TableClient {
  const lag = {
    name: "lag",
    sendRequest: async (request, next) =>
      time === undefined ? next(request) : time.served(() => next(request), lagMs),
  } satisfies NonNullable<
    NonNullable<Parameters<typeof TableClient.fromConnectionString>[2]>["additionalPolicies"]
  >[number]["policy"];
  return TableClient.fromConnectionString(azurite.connectionString, "AtOnce", {
    tlsOptions: { ca: certificate.cert },
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: lag, position: "perCall" }],
  });
}

function inTable(): Storage {
  const name = randomUUID();
  return {
    direct: new TableState(connect(), name),
    delayed: (time, lagMs) => new TableState(connect(time, lagMs), name),
  };
}

describe("runs, backfills and second looks at once, over the state in Table Storage,", () => {
  it(
    "leave the incidents that they leave one after the other, each once",
    async () => {
      const count = extent(1, 60);
      const sums = { calls: 0, contended: 0, incidents: 0 };
      await playAll(count, async (number, random) => {
        const story = drawAtOnce(number, random);
        const played = await playTogether(number, story, nothing, inTable);
        expectAsInTurn(story, played, await playInTurn(story));
        sums.calls += played.calls;
        sums.contended += played.contended;
        sums.incidents += played.ending.recorded.length;
      });
      console.log(`at once over Azurite: ${count} interleavings, ${JSON.stringify(sums)}`);
      expect(sums.incidents).toBeGreaterThan(2 * count);
    },
    // Hundreds of real requests on few cores.
    3 * timeLimitMs,
  );
});
