/** The built app with either sink, and with both, over the stand-ins for Sentinel and the ingestion endpoint. */
import { readFileSync } from "node:fs";
import { LogsQueryClient, LogsQueryResultStatus } from "@azure/monitor-query";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { credential } from "../azure/wire.ts";
import { approved, row, time } from "../builders.ts";
import { minute, refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { alertsOf } from "../sinks/findings/findingsTable.ts";
import { listed } from "../cases.ts";

let now = time("09:30");
let setAt = performance.now();
const clock = () => now + performance.now() - setAt;

let azure: LocalAzure;
let host: FunctionsHost;

/** Five refusals, and an approval that is published late. */
const signIns = publish([
  ...refusals("09:00", 5),
  row({ at: "09:20", published: "09:41", resultType: "0", steps: [approved("09:20")] }),
]);

/** Each test has its own Azure: the same rows give the same finding. */
beforeEach(async () => {
  now = time("09:30");
  setAt = performance.now();
  azure = await startLocalAzure({ clock });
  azure.logs.publish(localWorkspace.workspaceId, "SigninLogs", signIns);
}, 60_000);
afterEach(async () => {
  await azure.stop();
});

async function start(sinks: string): Promise<void> {
  host = await azure.startHost({ INCIDENT_SINKS: sinks });
}

async function runAt(at: string | number): Promise<void> {
  now = typeof at === "string" ? time(at) : at;
  setAt = performance.now();
  host.moveClock(now);
  await host.fireTimer("detect");
}

const uploads = () =>
  azure.ingestion.uploads.flatMap(({ rows, status }) => (status === 204 ? rows : []));
const changes = () =>
  uploads().map(({ Change, Severity, Revision }) => [Change, Severity, Revision]);
const severities = () => azure.sentinel.incidents().map(({ properties }) => properties.severity);
const notices = () => host.logs.filter(({ message }) => message.includes("Defender portal"));

describe("the app", () => {
  it("writes to the table alone, and to no incident", async () => {
    await start("logs");
    await runAt("09:30");
    await runAt("09:35");
    await runAt("09:45");
    expect(changes()).toEqual([
      ["opened", "Medium", 1],
      ["raised", "High", 2],
    ]);
    expect(severities()).toEqual([]);
    expect(notices()).toEqual([]);
  });

  it("writes incidents alone, and says once a day what that means in the Defender portal", async () => {
    await start("sentinel");
    await runAt("09:30");
    await runAt("09:45");
    expect(severities()).toEqual(["High"]);
    expect(uploads()).toEqual([]);
    expect(notices()).toEqual([]);
    await host.fireTimer("maintenance");
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toMatchObject({ level: expect.stringMatching(/warn/i) });
  });

  it.each(listed(["ingestion", "sentinel"] as const, 1))(
    "writes to both, and where %s is away the other has everything, once",
    async (away) => {
      await start("sentinel,logs");
      azure[away].fail({ status: 403 }, { times: Infinity });
      await runAt("09:30");
      await runAt("09:45");
      if (away === "ingestion") {
        expect(severities()).toEqual(["High"]);
        expect(changes()).toEqual([]);
      } else {
        expect(severities()).toEqual([]);
        expect(changes().map(([change]) => change)).toEqual(["opened", "raised"]);
      }
      azure[away].heal();
      await runAt(time("11:30"));
      await runAt(time("11:35"));
      expect(severities()).toEqual(["High"]);
      expect(changes()).toEqual(
        away === "ingestion"
          ? [["opened", "High", 2]]
          : [
              ["opened", "Medium", 1],
              ["raised", "High", 2],
            ],
      );
    },
  );

  it("writes rows of which the analytics rule makes one alert for an opening and one for a raise", async () => {
    await start("sentinel,logs");
    const { query } = parse(readFileSync("infra/findings/analyticsRule.yaml", "utf8")) as {
      query: string;
    };
    const client = new LogsQueryClient(credential(), {
      endpoint: azure.logs.endpoint,
      tlsOptions: { ca: azure.certificate.cert },
    });
    const alerts: unknown[] = [];
    for (let at = time("09:30"); at <= time("10:30"); at += 5 * minute) {
      // Arrives a little after the run began.
      await runAt(at);
      now = at + 4 * minute;
      setAt = performance.now();
      const answer = await client.queryWorkspace(localWorkspace.workspaceId, query, {
        duration: "P1D",
      });
      if (answer.status !== LogsQueryResultStatus.Success) {
        throw new Error("no whole answer");
      }
      const [table] = answer.tables;
      const names = table?.columnDescriptors.map(({ name }) => name) ?? [];
      const found = (table?.rows ?? []).map((each) =>
        Object.fromEntries(names.map((name, index) => [name, each[index]])),
      );
      azure.logs.publish(localWorkspace.workspaceId, "SecurityAlert", alertsOf(found, now));
      alerts.push(...found.map(({ Title, Change, Severity }) => [Title, Change, Severity]));
    }
    const title = "MFA push attack on alice@contoso.com";
    expect(alerts).toEqual([
      [title, "opened", "Medium"],
      [title, "raised", "High"],
    ]);
  });
});
