/** Whatever fails, and for however long: nothing lost, nothing twice, and no retry storm. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LogAnswer } from "../../src/run/ports.ts";
import { around } from "../run/around.ts";
import { extent, seed, timeLimitMs } from "./extent.ts";
import { services } from "./gateway.ts";
import { storiesUntilCaught } from "./seededStories.ts";
import { kinds, type Kind } from "./weather.ts";
import { startWeatherStage, type WeatherStage } from "./weatherStage.ts";
import { playWeather, type Plant, type Report } from "./weatherStory.ts";

let stage: WeatherStage;
beforeAll(async () => {
  stage = await startWeatherStage();
}, 60_000);
afterAll(() => stage.stop());

const every = Object.keys(kinds) as Kind[];
const quick: readonly Kind[] = [
  "partial answers of the log",
  "wrong content",
  "clock jumps",
  "tables away for an hour",
  "all at once",
];
const stories = extent(1, 12);

describe("what is found in the end is what is found undisturbed", () => {
  it.each(every.filter((kind) => extent(0, 1) === 1 || quick.includes(kind)))(
    "%s",
    async (kind) => {
      const reports: Report[] = [];
      for (let number = seed; number < seed + stories; number++) {
        reports.push(await played(kind, number));
      }
      tell(kind, reports);
    },
    timeLimitMs,
  );
});

/** @throws Error that says how to play it again */
async function played(kind: Kind, number: number): Promise<Report> {
  try {
    return await playWeather(stage, kind, number);
  } catch (error) {
    const [said] = String(error).split("\n");
    throw new Error(`${kind}, story ${number} (replay: PROOF_SEED=${number}): ${said}`, {
      cause: error,
    });
  }
}

function tell(kind: Kind, reports: readonly Report[]): void {
  const sum = (of: (report: Report) => number) => reports.reduce((all, each) => all + of(each), 0);
  const minutes = reports
    .map(({ recoveryMs }) => Math.max(0, Math.round(recoveryMs / 60_000)))
    .toSorted((a, b) => a - b);
  const mostOf = services.map((service) => {
    const most = Math.max(...reports.map(({ mostPerRun }) => mostPerRun[service] ?? 0));
    return most === 0 ? [] : `${most} ${service}`;
  });
  console.log(
    [
      `${kind}: ${reports.length} stories`,
      `recovery ${minutes[minutes.length >> 1]} min, at most ${minutes.at(-1)}`,
      `${sum(({ runs }) => runs)} runs, ${sum(({ failedRuns }) => failedRuns)} failed`,
      `${sum(({ requests }) => requests)} requests, ${sum(({ struck }) => struck)} struck`,
      `most in a run: ${mostOf.flat().join(", ")}`,
    ].join(" | "),
  );
}

describe("a fault that is planted is caught:", () => {
  const source = (change: (call: () => Promise<unknown>) => Promise<unknown>): Plant => ({
    change: (detector) => ({
      ...detector,
      source: around(detector.source, ({ make }) => change(make)),
    }),
  });
  const nothing = (): LogAnswer => ({ kind: "whole", rows: [], servedAt: stage.time.now });
  const plants: readonly (readonly [string, Kind, Plant])[] = [
    [
      "a partial answer is taken for the whole",
      "partial answers of the log",
      source(async (call) => {
        const answer = (await call()) as LogAnswer;
        return answer.kind === "partial" ? nothing() : answer;
      }),
    ],
    [
      "the watermark moves though a query failed",
      "log away for hours",
      source((call) => call().catch(nothing)),
    ],
    [
      "what a sink failed to take is taken for sent",
      "Sentinel away for a day",
      {
        change: (detector) => ({
          ...detector,
          sinks: detector.sinks.map((sink) => ({
            name: sink.name,
            deliver: (incident) => sink.deliver(incident).catch(() => undefined),
            noteMerge: (id, keeperId) => sink.noteMerge(id, keeperId).catch(() => undefined),
          })),
        }),
      },
    ],
    [
      "the watermark moves though a record was not written",
      "nothing at all",
      {
        change: (detector) => {
          let writes = 0;
          const isFirst = (method: string) => method === "write" && writes++ === 0;
          return {
            ...detector,
            store: around(detector.store, async ({ method, make }) =>
              isFirst(method) ? null : make(),
            ),
          };
        },
      },
    ],
    ["what fails is tried without end", "500, 503 and 504", { attempts: 1_000 }],
  ];

  it.each(plants)(
    "%s",
    async (fault, kind, plant) => {
      const caught = await storiesUntilCaught(extent(4, 20), async (number) => {
        await playWeather(stage, kind, number, plant);
      });
      console.log(`${fault}: caught by story ${caught}`);
      expect(caught).toBeLessThan(Infinity);
    },
    timeLimitMs,
  );
});
