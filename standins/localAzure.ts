import { join } from "node:path";
import { startAzurite, type Azurite } from "./azurite.ts";
import { makeCertificate, type Certificate } from "./certificate.ts";
import { startFunctionsHost, type FunctionsHost } from "./functionsHost/startFunctionsHost.ts";
import { audienceOf, startIdentity, type Identity, type TokenClaims } from "./identity.ts";
import { shippedRule, shippedTables } from "./ingestion/collectionRule.ts";
import { startIngestion, type Ingestion } from "./ingestion/startIngestion.ts";
import type { TableSchema } from "./logService/columns.ts";
import { startLogService, type LogService } from "./logService/startLogService.ts";
import { manage, type Deployment } from "./resourceManager.ts";
import { everyRole, holds, type Role } from "./roles.ts";
import { startSentinel, type Sentinel } from "./sentinel/startSentinel.ts";

/** The workspace of all stand-ins. */
export const localWorkspace = {
  workspaceId: "00000000-0000-0000-0000-0000000000aa",
  resourceId:
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/local/providers/Microsoft.OperationalInsights/workspaces/local",
} as const;

const findingsStream = "Custom-MfaDenyFindings_CL";
const findingsRuleId = `dcr-${"0".repeat(31)}1`;

export interface LocalAzureOptions {
  /** The time of the services (epoch ms), and after `moveClock` that of the functions. */
  readonly clock?: () => number;
  /** Settings of the app that differ from the defaults of a local run. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether storage uses https, for an app that reaches it with tokens. Default: plain http. */
  readonly storageOverHttps?: boolean;
  /** The built app. */
  readonly main?: string;
  /** Tables of the log service besides those that every workspace has. */
  readonly tables?: Readonly<Record<string, TableSchema>>;
  /**
   * The current roles of an identity, by its object id. Default: all. As in Azure, a service looks them up for each
   * request; they are not in the token.
   */
  readonly rolesOf?: (identity: string) => readonly Role[];
}

/** Everything that the app needs from Azure, on this machine. */
export interface LocalAzure {
  readonly logs: LogService;
  readonly sentinel: Sentinel;
  /** Ingestion of the findings' table into the log service. The sink `logs` must be switched on. */
  readonly ingestion: Ingestion;
  readonly identity: Identity;
  readonly azurite: Azurite;
  /** The state that Azure Resource Manager shows. Tests change it. */
  readonly deployment: Deployment;
  /** The app's ordinary settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Used by all of them. Clients must trust it. */
  readonly certificate: Certificate;
  /** Starts another process with the app. */
  startHost(settings?: Readonly<Record<string, string>>): Promise<FunctionsHost>;
  stop(): Promise<void>;
}

/**
 * A complete Azure for the app on one machine. Azurite, Microsoft's own emulator of storage, is real. The log
 * service and its ingestion, Sentinel, the managed identity and the Functions host are stand-ins. The app reaches
 * all of them through its ordinary settings and cannot tell the difference.
 */
export async function startLocalAzure(options: LocalAzureOptions = {}): Promise<LocalAzure> {
  const { clock = Date.now, main = join("dist", "app", "main.cjs") } = options;
  const { rolesOf = () => everyRole } = options;
  const allows = (action: string, claims: TokenClaims | undefined) =>
    holds(rolesOf(claims?.oid ?? ""), action);
  const certificate = makeCertificate();
  const deployment: Deployment = {
    plan: "Analytics",
    onboarded: true,
    collectionRules: [{ immutableId: findingsRuleId, streams: [findingsStream] }],
    analyticsRules: [{ query: "MfaDenyFindings_CL", enabled: true }],
    clockOffMs: 0,
  };
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).toReversed()) {
      await each();
    }
  };
  const started = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const part = await starting;
    stops.push(() => part.stop());
    return part;
  };
  try {
    const storage = options.storageOverHttps === true ? certificate : {};
    const azurite = await started(startAzurite(storage));
    const identity = await started(startIdentity({ clock }));
    const logs = await started(
      startLogService({
        clock,
        certificate,
        tables: { ...shippedTables(), ...options.tables },
        accepts: (token) => audienceOf(token) === "https://api.loganalytics.io",
        allows: (claims) => allows("Microsoft.OperationalInsights/workspaces/query/read", claims),
      }),
    );
    const sentinel = await started(
      startSentinel({
        ...certificate,
        clock,
        workspace: localWorkspace.resourceId,
        audiences: ["https://management.azure.com"],
        allows,
        manage: (request, claims) => manage(deployment, request, rolesOf(claims?.oid ?? "")),
        dateOffMs: () => deployment.clockOffMs,
      }),
    );
    const ingestion = await started(
      startIngestion({
        certificate,
        clock,
        ruleId: findingsRuleId,
        rule: shippedRule(),
        audiences: ["https://monitor.azure.com"],
        allows: (claims) => allows("Microsoft.Insights/Telemetry/Write", claims),
        publish: (table, rows) => logs.publish(localWorkspace.workspaceId, table, rows),
      }),
    );
    const settings = {
      FUNCTIONS_WORKER_RUNTIME: "node",
      LOG_ANALYTICS_WORKSPACE_ID: localWorkspace.workspaceId,
      SENTINEL_WORKSPACE_RESOURCE_ID: localWorkspace.resourceId,
      STATE_STORAGE: azurite.connectionString,
      LOG_ANALYTICS_ENDPOINT: logs.endpoint,
      AZURE_RESOURCE_MANAGER_ENDPOINT: sentinel.url,
      INCIDENT_SINKS: "sentinel",
      FINDINGS_ENDPOINT: ingestion.url,
      FINDINGS_DCR_ID: findingsRuleId,
      ...options.settings,
    };
    return {
      logs,
      sentinel,
      ingestion,
      identity,
      azurite,
      deployment,
      settings,
      certificate,
      async startHost(more = {}) {
        const host = await startFunctionsHost({
          main,
          settings: { ...settings, ...more },
          env: identity.env,
          ca: certificate.cert,
          clock,
          queues: { pollMs: 50, lockMs: 30_000, visibilityTimeoutMs: 0 },
        });
        stops.push(() => host.stop());
        return host;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
