/**
 * One workspace behind real adapters: Azure's clients over https against Azurite and the stand-ins, through a gateway
 * in which the weather is made. Time is simulated: it passes with every request and every wait, and is moved on from
 * run to run, so that a day takes seconds.
 */
import { vi } from "vitest";
import type { TokenCredential } from "@azure/identity";
import type { Connection } from "../../src/azure/connection.ts";
import { findingsLog } from "../../src/sinks/findings/findingsLog.ts";
import { fromJsonProperties } from "../../src/state/table/jsonProperties.ts";
import { logAnalytics } from "../../src/logs/azure/logAnalytics.ts";
import { sentinelIncidents } from "../../src/sinks/sentinel/sentinelIncidents.ts";
import { hashKey, rowRanges } from "../../src/state/table/stateKeys.ts";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableRows } from "../../src/state/table/tableRows.ts";
import { TableState } from "../../src/state/table/tableState.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import type { Detector } from "../../src/run/detector.ts";
import type { DueItem, SubjectRecord, Progress } from "../../src/run/ports.ts";
import { incidentApiSink } from "../../src/sinks/sentinel/incidentApi.ts";
import { clouds } from "../../src/settings/clouds.ts";
import { denyThenApprove, explicitDeny, day, hour, minute } from "../run/bench.ts";
import type { PublishedRow } from "../run/fakeLog.ts";
import { startGateway, type Gateway } from "./gateway.ts";

export const rules = [
  explicitDeny,
  { ...denyThenApprove, family: denyThenApprove.id, originDecides: false },
] as const;

/** As in Azure, but that the waits between pass in simulated time. */
export const retries = { attempts: 5, firstWaitMs: 1, longestWaitMs: 4, longestAskedMs: 120_000 };

/** The one clock of the services; the machine's may be ahead of it, or behind. */
class SimulatedTime {
  now = 0;
  skewMs = 0;

  machineNow(): number {
    return this.now + this.skewMs;
  }

  pass(ms: number): void {
    this.moveTo(this.now + ms, this.skewMs);
  }

  moveTo(now: number, skewMs: number): void {
    this.now = now;
    this.skewMs = skewMs;
    vi.setSystemTime(this.machineNow());
  }
}

interface AppOptions {
  /** For one attempt, in real time. */
  readonly timeoutMs: number;
  /** Other than the retries say. */
  readonly attempts?: number | undefined;
}

export interface WeatherStage {
  readonly azure: LocalAzure;
  readonly gateway: Gateway;
  readonly time: SimulatedTime;
  /** An app without state, with a Sentinel without incidents, over a log of these rows. */
  startApp(number: number, rows: readonly PublishedRow[], how: AppOptions): WeatherApp;
  stop(): Promise<void>;
}

export interface WeatherApp {
  readonly table: string;
  /** Uploads to the findings' table before it began. */
  readonly uploadsBefore: number;
  /** For one run. */
  detector(): Detector;
  /** Past the gateway. */
  readState(): Promise<State>;
}

export interface State {
  readonly heads: readonly Pick<SubjectRecord, "subject" | "bursts" | "deliveries">[];
  readonly due: readonly DueItem[];
  readonly progress: Progress | null;
}

export async function startWeatherStage(): Promise<WeatherStage> {
  // Only the date: what waits for the network does so in real time.
  vi.useFakeTimers({ toFake: ["Date"] });
  const time = new SimulatedTime();
  const azure = await startLocalAzure({ clock: () => time.now, storageOverHttps: true });
  const gateway = await startGateway(azure);
  let apps = 0;
  return {
    azure,
    gateway,
    time,
    startApp(number, rows, how) {
      for (const { name } of azure.sentinel.incidents()) {
        azure.sentinel.remove(name);
      }
      // The log keeps its rows, so each app has its own workspace there.
      const workspaceId = `00000000-0000-0000-0000-${String(++apps).padStart(12, "0")}`;
      azure.logs.publish(workspaceId, "SigninLogs", rows);
      const table = `Weather${number}x${apps}`;
      return {
        table,
        uploadsBefore: azure.ingestion.uploads.length,
        detector: appOf({ azure, gateway, time }, workspaceId, table, how),
        readState: () => readState(azure, table),
      };
    },
    async stop() {
      await gateway.stop();
      await azure.stop();
      vi.useRealTimers();
    },
  };
}

async function readState({ azurite, certificate }: LocalAzure, table: string): Promise<State> {
  const tlsOptions = { ca: certificate.cert };
  const client = connectTable(azurite, table, noCredential, { tlsOptions });
  const { from, to } = rowRanges.records;
  const rows = await new TableRows(client, hashKey(localWorkspace.workspaceId)).list(from, to);
  const heads = rows.map((row) => fromJsonProperties(row) as State["heads"][number]);
  return { heads, ...(await new TableState(client, localWorkspace.workspaceId).open()) };
}

function noCredential(): never {
  throw new Error("the emulator takes the key of its connection string");
}

/** Put together as src/app.ts does, but for the waits and where the tokens come from. */
function appOf(
  { azure, gateway, time }: Pick<WeatherStage, "azure" | "gateway" | "time">,
  logWorkspaceId: string,
  table: string,
  { timeoutMs, attempts = retries.attempts }: AppOptions,
): () => Detector {
  const connection: Connection = {
    tlsOptions: { ca: azure.certificate.cert },
    timeoutMs,
    retries: { ...retries, attempts },
  };
  const setting = (name: string) => gateway.settings[name] ?? "";
  const credential = credentialOf(time);
  const clock = { now: () => time.machineNow() };
  const { audience } = clouds.public.logAnalytics;
  const source = logAnalytics({
    endpoint: setting("LOG_ANALYTICS_ENDPOINT"),
    audience,
    credential,
    connection,
  })(logWorkspaceId);
  const client = connectTable(
    { connectionString: setting("STATE_STORAGE") },
    table,
    () => credential,
    connection,
  );
  const incidents = sentinelIncidents({
    endpoint: setting("AZURE_RESOURCE_MANAGER_ENDPOINT"),
    audience: clouds.public.resourceManager.audience,
    credential,
    connection,
  })(localWorkspace.resourceId);
  const findings = findingsLog({
    endpoint: setting("FINDINGS_ENDPOINT"),
    audience: clouds.public.logsIngestion.audience,
    credential,
    ruleId: setting("FINDINGS_DCR_ID"),
    stream: "Custom-MfaDenyFindings_CL",
    clock,
    ...connection,
  });
  const nothing = () => undefined;
  return () => ({
    workspaceId: localWorkspace.workspaceId,
    rules,
    source,
    store: new TableState(client, localWorkspace.workspaceId),
    sinks: [incidentApiSink("sentinel", incidents), findings],
    clock,
    log: { info: nothing, warn: nothing, error: nothing },
    ingestionSafetyMs: 2 * minute,
    initialLookbackMs: hour,
    approvalLatenessMs: 2 * day,
    retentionMs: 180 * day,
    maxIncidentsPerRun: 50,
  });
}

/** Tokens end by the true time, an hour after they were given; Azure's clients go by the machine's. */
function credentialOf(time: SimulatedTime): TokenCredential {
  return {
    getToken(scope) {
      const exp = Math.floor((time.now + hour) / 1000);
      const claims = { aud: String(scope).replace("/.default", ""), exp };
      const part = Buffer.from(JSON.stringify(claims)).toString("base64url");
      return Promise.resolve({ token: `e30.${part}.none`, expiresOnTimestamp: exp * 1000 });
    },
  };
}
