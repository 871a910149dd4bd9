import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import { QueueServiceClient } from "@azure/storage-queue";
import type { Connection } from "../azure/connection.ts";
import { retryPolicy } from "../azure/retry.ts";
import { codeOf, refusedBy, upstreamError, type Service } from "../azure/upstream.ts";
import { isFields, type Fields } from "../detection/signin/fields.ts";
import type { StateStore } from "../run/ports.ts";
import { UpstreamError } from "../run/upstreamError.ts";
import type { DryRunFindings } from "../run/wouldOpen.ts";
import type { Settings, Workspace } from "../settings/settings.ts";
import { connectTable } from "../state/table/tableConnection.ts";
import type { ManagementAnswer, Probe, QueryAnswer } from "./probe.ts";
import { readRules } from "./readRules.ts";

const logService: Service = { name: "Log Analytics", role: "Microsoft Sentinel Responder" };
const manager: Service = { name: "Azure Resource Manager", role: "Reader" };
const tables: Service = { name: "state table", role: "Storage Table Data Contributor" };
const blobs: Service = { name: "rules", role: "Storage Blob Data Reader" };
const queues: Service = { name: "backfill queue", role: "Storage Queue Data Contributor" };

const attemptMs = 30_000;
const retries = { attempts: 3, firstWaitMs: 500, longestWaitMs: 5_000, longestAskedMs: 15_000 };
const poisonQueue = "mfa-deny-backfill-poison";

export interface AzureProbeOptions {
  readonly settings: Settings;
  readonly credential: TokenCredential;
  /** Of a workspace that names an identity of its own. */
  readonly credentialOf: (clientId: string) => TokenCredential;
  readonly storeOf: (workspace: Workspace) => StateStore;
  readonly dryRunOf: (workspace: Workspace) => DryRunFindings;
  /** Where the app's package is; null if this is not the app. */
  readonly packageFolder: string | null;
  readonly timer: Probe["timer"];
  readonly connection?: Connection;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** A probe of the real services. It makes few retries, because a person is waiting. */
export function azureProbe(options: AzureProbeOptions): Probe {
  const { settings, credential, storeOf, dryRunOf, connection = {}, now = Date.now } = options;
  const { cloud } = settings;
  const send = sender(credential, connection);
  const others = new Map<string, Send>();
  const sendAs = (workspace: Workspace | undefined): Send => {
    const { clientId } = workspace ?? {};
    if (clientId === undefined) {
      return send;
    }
    const own = others.get(clientId) ?? sender(options.credentialOf(clientId), connection);
    others.set(clientId, own);
    return own;
  };
  const table = () =>
    connectTable(settings.stateStorage, settings.stateTable, () => credential, {
      ...connection,
      timeoutMs: attemptMs,
      retries,
    });
  return {
    settings,
    timer: options.timer,
    now,
    async token(audience) {
      try {
        await credential.getToken(`${audience}/.default`);
      } catch (error) {
        throw upstreamError({ name: "identity", role: "" }, error);
      }
    },
    async query(workspace, kql) {
      const { workspaceId } = workspace;
      const url = `${settings.logAnalyticsEndpoint}/v1/workspaces/${workspaceId}/query`;
      const audience = cloud.logAnalytics.audience;
      const response = await sendAs(workspace)(logService, {
        method: "POST",
        url,
        audience,
        body: { query: kql },
      });
      return readQueryAnswer(response);
    },
    async manage(path, apiVersion) {
      const version = path.includes("api-version=")
        ? ""
        : `${path.includes("?") ? "&" : "?"}api-version=${apiVersion}`;
      const url = `${settings.resourceManagerEndpoint}${path}${version}`;
      const audience = cloud.resourceManager.audience;
      const about = settings.workspaces.find(({ resourceId }) => path.startsWith(resourceId));
      return readManagement(await sendAs(about)(manager, { method: "GET", url, audience }));
    },
    tryTable: () => named(tables, () => tryTable(table())),
    tryQueue: () => named(queues, () => tryQueue(queueService(settings, credential, connection))),
    poisonMessages: () =>
      named(queues, async () => {
        const queue = queueService(settings, credential, connection).getQueueClient(poisonQueue);
        return (await queue.exists())
          ? ((await queue.getProperties()).approximateMessagesCount ?? 0)
          : null;
      }),
    async lastSuccessAt(workspace) {
      return (await storeOf(workspace).readProgress())?.lastSuccessAt ?? null;
    },
    rules: (workspace) =>
      named(blobs, () =>
        readRules(settings, workspace, {
          credential: () => credential,
          packageFolder: options.packageFolder,
          connection,
        }),
      ),
    dryRunFindings: (workspace) => dryRunOf(workspace).list(),
  };
}

interface Sent {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly audience: string;
  readonly body?: object;
}

type Send = (service: Service, sent: Sent) => Promise<PipelineResponse>;

function sender(credential: TokenCredential, { tlsOptions }: Connection): Send {
  const client = createDefaultHttpClient();
  const pipelines = new Map<string, ReturnType<typeof createPipelineFromOptions>>();
  return async (service, { method, url, audience, body }) => {
    let pipeline = pipelines.get(audience);
    if (pipeline === undefined) {
      pipeline = createPipelineFromOptions({
        retryOptions: { maxRetries: 0 },
        ...(tlsOptions === undefined ? {} : { tlsOptions }),
      });
      const scopes = `${audience}/.default`;
      pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }));
      pipeline.addPolicy(retryPolicy({ timeoutMs: attemptMs, retries }), { phase: "Retry" });
      pipelines.set(audience, pipeline);
    }
    const request = createPipelineRequest({
      method,
      url,
      headers: createHttpHeaders({
        accept: "application/json",
        "cache-control": "no-cache",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    try {
      return await pipeline.sendRequest(client, request);
    } catch (error) {
      throw upstreamError(service, error);
    }
  };
}

function readQueryAnswer({ status, bodyAsText }: PipelineResponse): QueryAnswer {
  if (status === 204) {
    return { kind: "rows", rows: [] };
  }
  const body = parse(bodyAsText, logService);
  if (status === 400) {
    return { kind: "refused", ...innermost(body["error"]) };
  }
  const [table] = Array.isArray(body["tables"]) ? (body["tables"] as readonly unknown[]) : [];
  if (status !== 200 || !isFields(table)) {
    throw refusedBy(logService, status, codeOf(body["error"] ?? {}));
  }
  const columns = (table["columns"] ?? []) as readonly { readonly name: string }[];
  const rows = (table["rows"] ?? []) as readonly (readonly unknown[])[];
  return {
    kind: "rows",
    rows: rows.map((row) =>
      Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])),
    ),
  };
}

/** Returns the innermost error. The query API nests errors, and the innermost names the table or column. */
function innermost(error: unknown): { readonly code: string; readonly message: string } {
  let found = { code: "BadArgumentError", message: "the query was refused" };
  for (let at = error, depth = 0; isFields(at) && depth < 10; at = at["innererror"], depth++) {
    found = {
      code: typeof at["code"] === "string" ? at["code"] : found.code,
      message: typeof at["message"] === "string" ? at["message"] : found.message,
    };
  }
  return found;
}

function readManagement({ status, bodyAsText, headers }: PipelineResponse): ManagementAnswer {
  if (status === 401) {
    throw refusedBy(manager, status, undefined);
  }
  const servedAt = Date.parse(headers.get("date") ?? "");
  return {
    status,
    body: status < 500 ? parse(bodyAsText ?? "{}", manager) : undefined,
    servedAt: Number.isNaN(servedAt) ? null : servedAt,
  };
}

function parse(text: string | null | undefined, service: Service): Fields {
  try {
    const body: unknown = JSON.parse(text ?? "");
    if (isFields(body)) {
      return body;
    }
  } catch {
    // Reported below.
  }
  throw new UpstreamError(service.name, "the answer is not JSON: a proxy may have answered", true);
}

async function named<T>(service: Service, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw upstreamError(service, error);
  }
}

async function tryTable(client: TableClient): Promise<void> {
  const key = { partitionKey: "doctor", rowKey: randomUUID() };
  await client.createTable();
  await client.createEntity(key);
  await client.getEntity(key.partitionKey, key.rowKey);
  await client.deleteEntity(key.partitionKey, key.rowKey);
}

function queueService(
  { stateStorage }: Settings,
  credential: TokenCredential,
  { tlsOptions }: Connection,
): QueueServiceClient {
  const options = {
    retryOptions: { maxTries: 2, tryTimeoutInMs: attemptMs },
    ...(tlsOptions === undefined ? {} : { tlsOptions }),
  };
  return "connectionString" in stateStorage
    ? QueueServiceClient.fromConnectionString(stateStorage.connectionString, options)
    : new QueueServiceClient(stateStorage.queueServiceUri, credential, options);
}

async function tryQueue(service: QueueServiceClient): Promise<void> {
  const queue = service.getQueueClient(`mfa-deny-doctor-${randomUUID()}`);
  await queue.create();
  try {
    await queue.sendMessage("doctor");
    const {
      receivedMessageItems: [message],
    } = await queue.receiveMessages();
    if (message !== undefined) {
      await queue.deleteMessage(message.messageId, message.popReceipt);
    }
  } finally {
    await queue.delete();
  }
}
