/** Alerts and workbook read the lines that the app logs, so the lines have what they read. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { denialRow, time } from "../builders.ts";
import { alertQueries, fieldsRead, workbookQueries } from "../infra/shippedQueries.ts";
import { refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { bundleApp } from "./appUnderTest.ts";

let app: Awaited<ReturnType<typeof bundleApp>>;
let azure: LocalAzure;
let host: FunctionsHost;

beforeAll(async () => {
  app = await bundleApp();
  azure = await startLocalAzure({ clock: () => time("10:00"), main: app.main });
  azure.logs.publish(
    localWorkspace.workspaceId,
    "SigninLogs",
    publish([...refusals("09:00", 5), denialRow("09:10")]),
  );
  host = await azure.startHost({ STATE_TABLE: "RunLine" });
  host.moveClock(time("10:00"));
}, 60_000);
afterAll(async () => {
  await host.stop();
  await azure.stop();
  await app.remove();
});

type Line = Readonly<Record<string, unknown>>;

/** The lines of an event, in the very form in which the queries look for them. */
function linesOf(event: string): readonly Line[] {
  const begin = `{"event":"${event}"`;
  return host.logs
    .map(({ message }) => message)
    .filter((message) => message.startsWith(begin))
    .map((message) => JSON.parse(message) as Line);
}

function valueAt(line: Line, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Line | undefined)?.[name], line);
}

test("a run's line has every field that alerts and workbook read of runs", async () => {
  await host.fireTimer("detect");
  const [line = {}] = linesOf("detection run");
  const queries = [...alertQueries().values(), ...workbookQueries().values()].filter((query) =>
    query.includes(`'{"event":"detection run",'`),
  );
  expect(queries.length).toBeGreaterThan(3);
  const missing = queries.flatMap(fieldsRead).filter((path) => valueAt(line, path) === undefined);
  expect(missing).toEqual([]);
});

test("a failed run's line begins as the alert looks for it, and says what was wrong and where", async () => {
  azure.logs.fail({ kind: "status", status: 403 });
  await expect(host.fireTimer("detect")).rejects.toThrow();
  const [line = {}] = linesOf("detection run failed");
  const query = alertQueries().get("alerts/failedRuns.kql") ?? "";
  expect(query).toContain(`'{"event":"detection run failed"'`);
  for (const path of fieldsRead(query)) {
    expect([path, typeof valueAt(line, path)]).toEqual([path, "string"]);
  }
});
