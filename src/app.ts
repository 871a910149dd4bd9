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
import { DryRunTable, forgetDryRun } from "./state/table/dryRunTable.ts";
import { partitions } from "./state/table/stateKeys.ts";
import { TableState } from "./state/table/tableState.ts";
import { presets } from "./detection/rules/presets.ts";
import type { Rule } from "./detection/rules/rule.ts";
import type { BackfillJob, BackfillJobs, BackfillLane } from "./run/backfillJob.ts";
import type { Detector } from "./run/detector.ts";
import { incidentApiSink } from "./sinks/sentinel/incidentApi.ts";
import type { Clock, IncidentSink, Log } from "./run/ports.ts";
import type { WouldOpen } from "./run/wouldOpen.ts";
import {
  readSettings,
  type Environment,
  type FindingsTable,
  type Settings,
  type Workspace,
} from "./settings/settings.ts";

/** The assembled app. This is the only place that knows every part. */
export interface App {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly jobs: BackfillJobs & BackfillLane;
  /** For scheduled runs and the daily maintenance. */
  readonly detectorOf: (
    workspace: Workspace,
    log: Log,
    signal: AbortSignal,
    asker?: "detection" | "maintenance",
  ) => Detector;
  /** For a backfill. A dry one has its own state, which is deleted with the job. */
  readonly backfillDetectorOf: (
    workspace: Workspace,
    job: Pick<BackfillJob, "id" | "request">,
    log: Log,
    signal: AbortSignal,
  ) => Detector;
  /** What a backfill in a dry run would have opened, by workspace. */
  readonly dryFindingsOf: (
    job: Pick<BackfillJob, "id" | "request">,
  ) => Promise<readonly (WouldOpen & { readonly workspace: string })[]>;
  /** Forgets backfills and dry runs that are beyond retention. @returns how many backfills */
  readonly forgetOld: () => Promise<number>;
  readonly stateOf: (workspace: Workspace) => TableState;
  /** The approximate number of messages in a queue of the state's storage account. */
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
  // Each run has its own state object, so that concurrent runs do not share what they know about the watermark.
  const stateNamed = (name: string, signal?: AbortSignal) =>
    new TableState(stateTable(), name, signal);
  const partitionOf = ({ workspaceId }: Workspace) =>
    settings.dryRun ? partitions.dryRun(workspaceId) : partitions.real(workspaceId);
  const stateOf = (workspace: Workspace, signal?: AbortSignal) =>
    stateNamed(partitionOf(workspace), signal);
  const dryRunNamed = (name: string, signal?: AbortSignal) =>
    new DryRunTable(stateTable(), name, signal);
  const dryRunsOf = ({ id, request }: Pick<BackfillJob, "id" | "request">) =>
    settings.workspaces
      .filter(({ name }) => request.dryRun && request.workspaces.includes(name))
      .map(({ name, workspaceId }) => ({
        workspace: name,
        table: dryRunNamed(partitions.dryBackfill(workspaceId, id)),
      }));
  const findings = (findingsTable: FindingsTable, workspace: Workspace, signal: AbortSignal) =>
    findingsLog({
      ...findingsTable,
      audience: cloud.logsIngestion.audience,
      credential: credential(),
      clock,
      workspace,
      signal,
    });
  const sinksOf = (workspace: Workspace, signal: AbortSignal): readonly IncidentSink[] => [
    ...(settings.sinks.includes("sentinel")
      ? [incidentApiSink("sentinel", incidents()(workspace.resourceId, signal))]
      : []),
    ...(settings.findingsTable === null
      ? []
      : [findings(settings.findingsTable, workspace, signal)]),
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
    sinks: settings.dryRun
      ? [dryRunNamed(partitionOf(workspace), signal).sink(log)]
      : sinksOf(workspace, signal),
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
      const name = partitions.dryBackfill(workspace.workspaceId, id);
      return request.dryRun
        ? {
            ...detector,
            store: stateNamed(name, signal),
            sinks: [dryRunNamed(name, signal).sink(log)],
          }
        : detector;
    },
    async dryFindingsOf(job) {
      const lists = dryRunsOf(job).map(async ({ workspace, table }) =>
        (await table.list()).map((finding) => ({ workspace, ...finding })),
      );
      return (await Promise.all(lists)).flat();
    },
    async forgetOld() {
      const before = clock.now() - settings.stateRetentionMs;
      // With DRY_RUN, a dry run is the main state and is pruned like any other.
      for (const { workspaceId } of settings.dryRun ? [] : settings.workspaces) {
        await forgetDryRun(stateTable(), partitions.dryRun(workspaceId), before);
      }
      return new TableBackfillJobs(stateTable()).prune(before, async (job) => {
        for (const { table } of dryRunsOf(job)) {
          await table.clear();
        }
      });
    },
    stateOf,
    async countMessages(queue) {
      // A separate bundle, which timer runs never load.
      const { countMessages } = await import("./azure/poisonMessages.ts");
      return countMessages(settings.stateStorage, queue, credential);
    },
  };
}

/** The log, and the source for the context of findings. */
function sourcesOf(
  source: LogWorkspace,
  { context }: Settings,
): Pick<Detector, "source" | "context"> {
  return { source, context: context ? contextSource(source) : null };
}

/** Returns the configured rules with these ids. Rules that are not configured are taken as shipped. */
function rulesNamed({ rules }: Settings, ids: readonly string[]): readonly Rule[] {
  return ids.flatMap(
    (id) => rules.find((rule) => rule.id === id) ?? presets.find((rule) => rule.id === id) ?? [],
  );
}

/** Returns a function that creates its value at the first call and then returns the same one. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
