import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { IncidentSink, LogQuery, SignInSource } from "../../src/run/ports.ts";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableState } from "../../src/state/table/tableState.ts";
import { startAzurite, type Azurite } from "../../standins/azurite.ts";
import { certificate, connection, credential } from "../azure/wire.ts";
import { Bench, explicitDeny, never, refusals, userOf } from "../run/bench.ts";
import { incident } from "../run/incidents.ts";
import { momentOf, publish, type Moment } from "../run/fakeLog.ts";
import * as version01 from "./fixtures/version01.mjs";

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite(certificate);
}, 60_000);
afterAll(() => azurite.stop());

let name: string;
let bench: Bench;
beforeEach(() => {
  name = randomUUID();
  // An attack that goes on for half an hour.
  bench = new Bench("09:00", publish(refusals("09:00", 30)));
});

function table(): TableClient {
  return connectTable(azurite, "states", () => credential(), connection);
}

async function runNow(at: Moment): Promise<void> {
  await bench.run(at, { store: new TableState(table(), name), sinks: [bench.serviceSink()] });
}

/** A run of version 0.1.0, with the rules that were on. */
async function runBefore(at: Moment): Promise<void> {
  bench.now = momentOf(at);
  const rules = version01.presets.filter(({ id }) => id === explicitDeny.id);
  const store = new version01.TableState(table(), name);
  // That version called the time of ingestion "published".
  const asNow = ({ by, ...query }: LogQuery): LogQuery => ({
    ...query,
    by: by === "generated" ? by : "ingested",
  });
  const source: SignInSource = {
    candidates: (query, signal) => bench.log.candidates(asNow(query), signal),
    approvals: (query, signal) => bench.log.approvals(asNow(query), signal),
  };
  const sinks = [version01.incidentApiSink("service", bench.service)];
  await version01.runDetection({ ...bench.detector(), rules, store, sinks, source }, never);
}

/** A sink that takes nothing. */
function failing(sink: IncidentSink): IncidentSink {
  return { ...sink, name: sink.name, deliver: () => Promise.reject(new Error("away")) };
}

/** The users of the incidents there are, each with the number of denials that its incident counts. */
function incidents(): readonly string[] {
  return [...bench.service.incidents.keys()].map((id) => {
    const { title, description } = bench.service.held(id).properties;
    return `${userOf(title)} ${/\d+ MFA prompts/.exec(description ?? "")?.[0]}`;
  });
}

async function watermark(store: { readProgress(): Promise<{ publishedTo: number } | null> }) {
  return (await store.readProgress())?.publishedTo ?? 0;
}

describe("After an upgrade from version 0.1.0", () => {
  test("an attack that goes on keeps its incident, which grows", async () => {
    await runBefore("09:10");
    const opened = [...bench.service.incidents.keys()];
    expect(opened).toHaveLength(1);
    await runNow("09:20");
    await runNow("09:40");
    await runNow("10:40");
    expect([...bench.service.incidents.keys()]).toEqual(opened);
    expect(incidents()).toEqual(["alice 30 MFA prompts"]);
  });
});

describe("Going back to version 0.1.0", () => {
  test("goes on from the watermark and opens an attack that goes on once more, under the name", async () => {
    await runNow("09:10");
    await runNow("09:20");
    const before = await watermark(new TableState(table(), name));
    await runBefore("09:40");
    expect(await watermark(new version01.TableState(table(), name))).toBeGreaterThan(before);
    expect(incidents()).toEqual(["alice 19 MFA prompts", "alice 30 MFA prompts"]);
  });

  test("and forward again goes on with the first incident, and opens no third one", async () => {
    await runNow("09:10");
    await runBefore("09:20");
    await runNow("09:40");
    await runNow("10:40");
    const [before, after] = incidents();
    expect(before).toBe("alice 30 MFA prompts");
    expect(after).toBe("alice 19 MFA prompts");
    expect(incidents()).toHaveLength(2);
  });

  test("sends what was due for an account that goes by its id", async () => {
    await bench.run("09:10", {
      store: new TableState(table(), name),
      sinks: [failing(bench.serviceSink())],
    });
    expect(incidents()).toEqual([]);
    await runBefore("09:40");
    expect(incidents()).toHaveLength(2);
  });

  test("leaves the text of an incident as it is, and tells its growth in a comment", async () => {
    await runNow("09:10");
    const [id = ""] = bench.service.incidents.keys();
    const { description } = bench.service.held(id).properties;
    const grown = incident(9, { id, sentRevision: 1 });
    await version01.incidentApiSink("service", bench.service).deliver(grown);
    expect(bench.service.held(id).properties.description).toBe(description);
    expect(bench.service.comments(id)).toEqual([expect.stringContaining("revision 9")]);
  });
});
