import { connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { logAnalytics } from "../../src/logs/azure/logAnalytics.ts";
import { sentinelIncidents } from "../../src/sinks/sentinel/sentinelIncidents.ts";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableState } from "../../src/state/table/tableState.ts";
import { startAzurite } from "../../standins/azurite.ts";
import { startLogService } from "../../standins/logService/startLogService.ts";
import { listen } from "../../standins/service/listen.ts";
import { startSentinel } from "../../standins/sentinel/startSentinel.ts";
import { clouds } from "../../src/settings/clouds.ts";
import { denialRow, time, workspaceId } from "../builders.ts";
import { publish } from "../run/fakeLog.ts";
import { certificate, connection, credential, never } from "./wire.ts";

const clock = () => time("12:00:00");
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) {
    await stop();
  }
});

/** Stands before a service and counts who connects. */
async function counting(endpoint: string) {
  const { port, protocol } = new URL(endpoint);
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    const service = connect(Number(port), "127.0.0.1");
    socket.pipe(service).pipe(socket);
    socket.on("error", () => service.destroy());
    service.on("error", () => socket.destroy());
  });
  const own = await listen(server);
  stops.push(async () => server.close());
  return { port: own, url: `${protocol}//127.0.0.1:${own}`, connections: () => connections };
}

async function threeTimes(ask: () => Promise<unknown>): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await ask();
  }
}

test("one connection serves one query after the other", async () => {
  const service = await startLogService({ clock, certificate, accepts: () => true });
  stops.push(() => service.stop());
  service.publish(workspaceId, "SigninLogs", publish([denialRow("09:00")]));
  const door = await counting(service.endpoint);
  const { audience } = clouds.public.logAnalytics;
  // The stand-in's first analysis takes seconds where the machine is busy.
  const patient = { ...connection, timeoutMs: 60_000 };
  const options = { endpoint: door.url, audience, credential: credential(), connection: patient };
  const source = logAnalytics(options)(workspaceId);
  const range = { from: time("09:00:00"), to: time("10:00:00") };
  const query = { by: "ingested", range, users: null, shard: null } as const;
  await threeTimes(() => source.candidates(query, never));
  await threeTimes(() => source.approvals(query, never));
  expect(door.connections()).toBe(1);
});

test("one connection serves one request to Sentinel after the other", async () => {
  const { audience } = clouds.public.resourceManager;
  const service = await startSentinel({ ...certificate, clock, audiences: [audience] });
  stops.push(() => service.stop());
  const door = await counting(service.url);
  const options = { endpoint: door.url, audience, credential: credential(), connection };
  const api = sentinelIncidents(options)(
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/soc/providers" +
      "/Microsoft.OperationalInsights/workspaces/sentinel",
  );
  await threeTimes(() => api.get("73e01a99-5cd7-5139-a149-9f2736ff2ab5"));
  expect(door.connections()).toBe(1);
});

test("one connection serves one request to the tables after the other", async () => {
  const azurite = await startAzurite(certificate);
  stops.push(() => azurite.stop());
  const [, endpoint = ""] = /TableEndpoint=([^;]+)/.exec(azurite.connectionString) ?? [];
  const door = await counting(endpoint);
  const connectionString = azurite.connectionString.replaceAll(
    `:${new URL(endpoint).port}/`,
    `:${door.port}/`,
  );
  const table = connectTable({ connectionString }, "states", () => credential(), connection);
  const store = new TableState(table, "workspace");
  await threeTimes(() => store.readProgress());
  expect(door.connections()).toBe(1);
});
