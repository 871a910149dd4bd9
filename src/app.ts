import { managedIdentity } from "./azure/credential.ts";
import { logAnalytics } from "./azure/logAnalytics.ts";
import { sentinelIncidents } from "./azure/sentinelIncidents.ts";
import { TableBackfillJobs } from "./azure/tableBackfillJobs.ts";
import { connectTable } from "./azure/tableConnection.ts";
import { TableState } from "./azure/tableState.ts";
import { presets, type Rule } from "./detection/rule.ts";
import type { BackfillJobs, BackfillRequest } from "./pipeline/backfillJob.ts";
import type { Detector } from "./pipeline/detector.ts";
import { incidentApiSink } from "./pipeline/incidentApi.ts";
import type { Clock, IncidentSink, Log, StateStore } from "./pipeline/ports.ts";
import {
  readSettings,
  type Environment,
  type Settings,
  type Workspace,
} from "./settings/settings.ts";

/** The app put together: the only place that knows every part. */
export interface App {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly jobs: BackfillJobs;
  /** Of the runs on schedule. */
  readonly detectorOf: (workspace: Workspace, log: Log) => Detector;
  /** Of a backfill; a dry one has a state of its own, which is left behind. */
  readonly backfillDetectorOf: (
    workspace: Workspace,
    job: { readonly id: string; readonly request: BackfillRequest },
    log: Log,
  ) => Detector;
  readonly stateOf: (workspace: Workspace) => StateStore;
}

/** @throws SettingsError that names everything wrong with the environment */
export function composeApp(environment: Environment): App {
  const settings = readSettings(environment);
  const clock = { now: () => Date.now() };
  const credential = once(() => managedIdentity(settings));
  const table = once(() => connectTable(settings.stateStorage, settings.stateTable, credential));
  const { cloud } = settings;
  const source = once(() =>
    logAnalytics({
      endpoint: settings.logAnalyticsEndpoint,
      audience: cloud.logAnalytics.audience,
      credential: credential(),
    }),
  );
  const incidents = once(() =>
    sentinelIncidents({
      endpoint: settings.resourceManagerEndpoint,
      audience: cloud.resourceManager.audience,
      credential: credential(),
    }),
  );
  // A run has a state of its own, so that runs at the same time do not share what they know of the watermark.
  const stateNamed = (name: string) => new TableState(table(), name);
  const stateOf = ({ workspaceId }: Workspace) =>
    stateNamed(settings.dryRun ? `dry run ${workspaceId}` : workspaceId);
  const sinksOf = ({ resourceId }: Workspace): readonly IncidentSink[] =>
    settings.sinks.map((name) => incidentApiSink(name, incidents()(resourceId)));
  const detectorOf = (workspace: Workspace, log: Log): Detector => ({
    workspaceId: workspace.workspaceId,
    rules: settings.rules,
    source: source()(workspace.workspaceId),
    store: stateOf(workspace),
    sinks: settings.dryRun ? [] : sinksOf(workspace),
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
      return new TableBackfillJobs(table());
    },
    detectorOf,
    backfillDetectorOf(workspace, { id, request }, log) {
      const detector = {
        ...detectorOf(workspace, log),
        rules: rulesNamed(settings, request.rules),
      };
      return request.dryRun
        ? { ...detector, store: stateNamed(`dry run ${workspace.workspaceId} ${id}`), sinks: [] }
        : detector;
    },
    stateOf,
  };
}

/** Rules as they are set; one that is not in use as it ships. */
function rulesNamed({ rules }: Settings, ids: readonly string[]): readonly Rule[] {
  return ids.flatMap(
    (id) => rules.find((rule) => rule.id === id) ?? presets.find((rule) => rule.id === id) ?? [],
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
