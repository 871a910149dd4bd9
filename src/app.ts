import { appCredential } from "./azure/credential.ts";
import { findingsLog } from "./sinks/findings/findingsLog.ts";
import { contextSource } from "./logs/azure/context/contextSource.ts";
import {
  logAnalytics,
  queriesAtOnce,
  type Workspace as LogWorkspace,
} from "./logs/azure/logAnalytics.ts";
import { sentinelIncidents } from "./sinks/sentinel/sentinelIncidents.ts";
import { TableBackfillJobs } from "./state/table/tableBackfillJobs.ts";
import { connectTable } from "./state/table/tableConnection.ts";
import { TableState } from "./state/table/tableState.ts";
import { presets } from "./detection/rules/presets.ts";
import type { Rule } from "./detection/rules/rule.ts";
import type { BackfillJobs, BackfillLane, BackfillRequest } from "./run/backfillJob.ts";
import type { Detector } from "./run/detector.ts";
import { incidentApiSink } from "./sinks/sentinel/incidentApi.ts";
import type { Clock, IncidentSink, Log } from "./run/ports.ts";
import {
  readSettings,
  type Environment,
  type FindingsTable,
  type Settings,
  type Workspace,
} from "./settings/settings.ts";

/** The app put together: the only place that knows every part. */
export interface App {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly jobs: BackfillJobs & BackfillLane;
  /** Of the runs on schedule and the daily maintenance. */
  readonly detectorOf: (
    workspace: Workspace,
    log: Log,
    signal: AbortSignal,
    asker?: "detection" | "maintenance",
  ) => Detector;
  /** Of a backfill; a dry one has a state of its own, which is left behind. */
  readonly backfillDetectorOf: (
    workspace: Workspace,
    job: { readonly id: string; readonly request: BackfillRequest },
    log: Log,
    signal: AbortSignal,
  ) => Detector;
  readonly stateOf: (workspace: Workspace) => TableState;
  /** The messages in a queue of the state's storage account, about. */
  readonly countMessages: (queue: string) => Promise<number>;
}

/** @throws SettingsError that names everything wrong with the environment */
export function composeApp(environment: Environment): App {
  const settings = readSettings(environment);
  const clock = { now: () => Date.now() };
  const credential = once(() => appCredential(settings, environment));
  const stateTable = once(() =>
    connectTable(settings.stateStorage, settings.stateTable, credential),
  );
  const { cloud } = settings;
  const sourceFor = (asker: keyof typeof queriesAtOnce) =>
    once(() =>
      logAnalytics({
        endpoint: settings.logAnalyticsEndpoint,
        audience: cloud.logAnalytics.audience,
        credential: credential(),
        queriesAtOnce: queriesAtOnce[asker],
      }),
    );
  const sources = {
    detection: sourceFor("detection"),
    maintenance: sourceFor("maintenance"),
    backfill: sourceFor("backfill"),
  };
  const incidents = once(() =>
    sentinelIncidents({
      endpoint: settings.resourceManagerEndpoint,
      audience: cloud.resourceManager.audience,
      credential: credential(),
    }),
  );
  // A run has a state of its own, so that runs at the same time do not share what they know of the watermark.
  const stateNamed = (name: string, signal?: AbortSignal) =>
    new TableState(stateTable(), name, signal);
  const stateOf = ({ workspaceId }: Workspace, signal?: AbortSignal) =>
    stateNamed(settings.dryRun ? `dry run ${workspaceId}` : workspaceId, signal);
  const findings = (findingsTable: FindingsTable, signal: AbortSignal) =>
    findingsLog({
      ...findingsTable,
      audience: cloud.logsIngestion.audience,
      credential: credential(),
      clock,
      signal,
    });
  const sinksOf = ({ resourceId }: Workspace, signal: AbortSignal): readonly IncidentSink[] => [
    ...(settings.sinks.includes("sentinel")
      ? [incidentApiSink("sentinel", incidents()(resourceId, signal))]
      : []),
    ...(settings.findingsTable === null ? [] : [findings(settings.findingsTable, signal)]),
  ];
  const detectorOf = (
    workspace: Workspace,
    log: Log,
    signal: AbortSignal,
    asker: keyof typeof sources = "detection",
  ): Detector => ({
    workspaceId: workspace.workspaceId,
    rules: settings.rules,
    ...sourcesOf(sources[asker]()(workspace.workspaceId), settings),
    store: stateOf(workspace, signal),
    sinks: settings.dryRun ? [] : sinksOf(workspace, signal),
    clock,
    log,
    ingestionSafetyMs: settings.ingestionSafetyMs,
    initialLookbackMs: settings.initialLookbackMs,
    approvalLatenessMs: settings.approvalLatenessMs,
    retentionMs: settings.stateRetentionMs,
    maxIncidentsPerRun: settings.maxIncidentsPerRun,
  });
  return {
    settings,
    clock,
    get jobs() {
      return new TableBackfillJobs(stateTable());
    },
    detectorOf,
    backfillDetectorOf(workspace, { id, request }, log, signal) {
      const detector = {
        ...detectorOf(workspace, log, signal, "backfill"),
        rules: rulesNamed(settings, request.rules),
      };
      return request.dryRun
        ? {
            ...detector,
            store: stateNamed(`dry run ${workspace.workspaceId} ${id}`, signal),
            sinks: [],
          }
        : detector;
    },
    stateOf,
    async countMessages(queue) {
      // A bundle of its own: a timer run never loads it.
      const { countMessages } = await import("./azure/poisonMessages.ts");
      return countMessages(settings.stateStorage, queue, credential);
    },
  };
}

/** The log, and where the context of findings is looked up. */
function sourcesOf(
  source: LogWorkspace,
  { context }: Settings,
): Pick<Detector, "source" | "context"> {
  return { source, context: context ? contextSource(source) : null };
}

/** Rules as they are set; one that is not in use as it ships. */
function rulesNamed({ rules }: Settings, ids: readonly string[]): readonly Rule[] {
  return ids.flatMap(
    (id) => rules.find((rule) => rule.id === id) ?? presets.find((rule) => rule.id === id) ?? [],
  );
}

/** Makes a thing at the first call, and gives that one ever after. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
