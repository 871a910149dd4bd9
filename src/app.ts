import { appCredential } from "./azure/credential.ts";
import { ruleTextAt } from "./azure/ruleTextAt.ts";
import { findingsLog } from "./sinks/findings/findingsLog.ts";
import { contextSource } from "./logs/azure/context/contextSource.ts";
import {
  logAnalytics,
  queriesAtOnce,
  type Workspace as LogWorkspace,
} from "./logs/azure/logAnalytics.ts";
import { watchlists } from "./logs/azure/watchlists.ts";
import { sentinelIncidents } from "./sinks/sentinel/sentinelIncidents.ts";
import { TableBackfillJobs } from "./state/table/tableBackfillJobs.ts";
import { connectTable } from "./state/table/tableConnection.ts";
import { DryRunTable, forgetDryRun } from "./state/table/dryRunTable.ts";
import { partitions } from "./state/table/stateKeys.ts";
import { TableState } from "./state/table/tableState.ts";
import { TableWatchlists } from "./state/table/tableWatchlists.ts";
import { presetNamed } from "./detection/rules/presets.ts";
import type { Rule } from "./detection/rules/rule.ts";
import type { BackfillJob, BackfillJobs, BackfillLane } from "./run/backfillJob.ts";
import { currentRules, type CurrentRules } from "./run/currentRules.ts";
import type { Detector } from "./run/detector.ts";
import { incidentApiSink } from "./sinks/sentinel/incidentApi.ts";
import type { Clock, IncidentSink, Log } from "./run/ports.ts";
import { forgetUnused, resolveWatchlists } from "./run/watchlists.ts";
import type { WouldOpen } from "./run/wouldOpen.ts";
import { readRuleText } from "./settings/ruleFile.ts";
import {
  readSettings,
  type Environment,
  type FindingsTable,
  type Settings,
  type Workspace,
} from "./settings/settings.ts";
import type { SinkName } from "./settings/schemas.ts";

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
  ) => Promise<Detector>;
  /** Returns the current rules of a workspace, without the values of their watchlists. */
  readonly rulesOf: (
    workspace: Workspace,
    log: Log,
    signal: AbortSignal,
  ) => Promise<readonly Rule[]>;
  /** For a backfill. A dry one has its own state, which is deleted with the job. */
  readonly backfillDetectorOf: (
    workspace: Workspace,
    job: Pick<BackfillJob, "id" | "request">,
    log: Log,
    signal: AbortSignal,
  ) => Promise<Detector>;
  /** What a backfill in a dry run would have opened, by workspace. */
  readonly dryFindingsOf: (
    job: Pick<BackfillJob, "id" | "request">,
  ) => Promise<readonly (WouldOpen & { readonly workspace: string })[]>;
  /** Forgets backfills and dry runs that are beyond retention. @returns how many backfills */
  readonly forgetOld: () => Promise<number>;
  readonly stateOf: (workspace: Workspace) => TableState;
  readonly watchlistsOf: (workspace: Workspace) => TableWatchlists;
  /** The approximate number of messages in a queue of the state's storage account. */
  readonly countMessages: (queue: string) => Promise<number>;
}

/** @throws SettingsError that names everything wrong with the environment */
export function composeApp(environment: Environment): App {
  const settings = readSettings(environment);
  const clock = { now: () => Date.now() };
  const credentialOf = oncePer((clientId: string | null) =>
    appCredential({ ...settings, clientId }, environment),
  );
  const credential = () => credentialOf(settings.clientId);
  const tableNamed = oncePer((name: string) =>
    connectTable(settings.stateStorage, name, credential),
  );
  const stateTable = () => tableNamed(settings.stateTable);
  const { cloud } = settings;
  // The limit on concurrent queries applies to an identity.
  const sourceFor = (asker: keyof typeof queriesAtOnce) =>
    oncePer((clientId: string | null) =>
      logAnalytics({
        endpoint: settings.logAnalyticsEndpoint,
        audience: cloud.logAnalytics.audience,
        credential: credentialOf(clientId),
        queriesAtOnce: queriesAtOnce[asker],
      }),
    );
  const clientIdOf = ({ clientId }: Workspace) => clientId ?? settings.clientId;
  const sources = {
    detection: sourceFor("detection"),
    maintenance: sourceFor("maintenance"),
    backfill: sourceFor("backfill"),
  };
  const incidents = oncePer((clientId: string | null) =>
    sentinelIncidents({
      endpoint: settings.resourceManagerEndpoint,
      audience: cloud.resourceManager.audience,
      credential: credentialOf(clientId),
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
  /** How each sink of `INCIDENT_SINKS` is made; null if its place is not set. */
  const sinks: Readonly<
    Record<SinkName, (workspace: Workspace, signal: AbortSignal) => IncidentSink | null>
  > = {
    sentinel: (workspace, signal) =>
      incidentApiSink("sentinel", incidents(clientIdOf(workspace))(workspace.resourceId, signal)),
    logs: (workspace, signal) =>
      settings.findingsTable && findings(settings.findingsTable, workspace, signal),
  };
  const sinksOf = (workspace: Workspace, signal: AbortSignal): readonly IncidentSink[] =>
    (workspace.sinks ?? settings.sinks).flatMap((name) => sinks[name](workspace, signal) ?? []);
  const fileOf = oncePer((file: string): CurrentRules => {
    const read = (name: string, text: string) => readRuleText(name, text, settings.ruleDefaults);
    const packageFolder = environment["AzureWebJobsScriptRoot"] ?? "";
    return currentRules(ruleTextAt(file, { credential, packageFolder }), read);
  });
  const rulesOf: App["rulesOf"] = async ({ rules = settings.rules }, log, signal) =>
    "rules" in rules ? rules.rules : fileOf(rules.file)(log, signal);
  const watchlistsOf = (workspace: Workspace, signal?: AbortSignal) =>
    new TableWatchlists(stateTable(), partitionOf(workspace), signal);
  const resolved = (
    workspace: Workspace,
    rules: readonly Rule[],
    log: Log,
    signal: AbortSignal,
    asker: keyof typeof sources,
  ) => {
    const source = sources[asker](clientIdOf(workspace))(workspace.workspaceId);
    const { workspaceId } = workspace;
    const store = watchlistsOf(workspace, signal);
    const parts = { source: watchlists(source, clock.now), store, clock, log, workspaceId };
    return resolveWatchlists(rules, parts, signal);
  };
  const detectorWith = (
    workspace: Workspace,
    rules: readonly Rule[],
    log: Log,
    signal: AbortSignal,
    asker: keyof typeof sources,
  ): Detector => ({
    workspaceId: workspace.workspaceId,
    rules,
    ...sourcesOf(sources[asker](clientIdOf(workspace))(workspace.workspaceId), settings),
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
    rulesOf,
    watchlistsOf,
    async detectorOf(workspace, log, signal, asker = "detection") {
      const rules = await rulesOf(workspace, log, signal);
      if (asker === "maintenance") {
        await forgetUnused(rules, watchlistsOf(workspace, signal));
      }
      const current = await resolved(workspace, rules, log, signal, asker);
      return detectorWith(workspace, current, log, signal, asker);
    },
    async backfillDetectorOf(workspace, { id, request }, log, signal) {
      const { rules: ids, tune } = request;
      const wanted = tune === undefined ? ids : [...new Set([...ids, tune])];
      const asked = await rulesNamed(wanted, await rulesOf(workspace, log, signal), () =>
        Promise.all(settings.workspaces.map((each) => rulesOf(each, log, signal))),
      );
      const current = await resolved(workspace, asked, log, signal, "backfill");
      const detector = detectorWith(workspace, current, log, signal, "backfill");
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

/**
 * Returns a workspace's rules with these ids. A rule that no workspace uses is taken as shipped. To know that, the rules
 * of all workspaces are read, but only if a rule that ships is not one of the workspace's own.
 */
async function rulesNamed(
  ids: readonly string[],
  own: readonly Rule[],
  readAll: () => Promise<readonly (readonly Rule[])[]>,
): Promise<readonly Rule[]> {
  const named = ids.map((id) => own.find((rule) => rule.id === id) ?? presetNamed(id) ?? []);
  const found = named.flat();
  if (found.every((rule) => own.includes(rule))) {
    return found;
  }
  const elsewhere = new Set((await readAll()).flat().map(({ id }) => id));
  return found.filter((rule) => own.includes(rule) || !elsewhere.has(rule.id));
}

/** Returns a function that creates a value per argument, once. */
function oncePer<K, T>(make: (key: K) => T): (key: K) => T {
  const made = new Map<K, T>();
  return (key) => {
    const thing = made.get(key) ?? make(key);
    made.set(key, thing);
    return thing;
  };
}
