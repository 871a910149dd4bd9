import * as v from "valibot";
import type { Rule } from "../detection/rules/rule.ts";
import { clouds, type Cloud } from "./clouds.ts";
import { definitions, type SettingName, type SettingValues } from "./definitions.ts";
import { longestGap } from "./longestGap.ts";
import { describeIssue, problemWith } from "./issues.ts";
import { readRules } from "./rules.ts";
import type { SinkName } from "./schemas.ts";
import { SettingsError } from "./settingsError.ts";
import { readStateStorage, type StateStorage } from "./stateStorage.ts";
import { readWorkspaces, type RuleSource, type Workspace } from "./workspaces.ts";

export type { Workspace } from "./workspaces.ts";

/** The values that settings give all rules. */
type RuleDefaults = Pick<Rule, "approvalWatchMs" | "approvalRaises" | "usualOriginSeverity">;

/** The settings of the app. Durations are in milliseconds. */
export interface Settings {
  readonly workspaces: readonly Workspace[];
  readonly stateStorage: StateStorage;
  readonly stateTable: string;
  /** Client id of a user-assigned identity; null: the app's own. */
  readonly clientId: string | null;
  /** The same for the queue trigger, which the Functions host runs; null if empty. */
  readonly queueClientId: string | null;
  readonly cloud: Cloud;
  readonly logAnalyticsEndpoint: string;
  readonly resourceManagerEndpoint: string;
  /** For workspaces that do not name their own. */
  readonly rules: RuleSource;
  /** For rules in files, which are read later. */
  readonly ruleDefaults: RuleDefaults;
  readonly ingestionSafetyMs: number;
  readonly initialLookbackMs: number;
  readonly approvalLatenessMs: number;
  /** Whether to look up the context of findings. */
  readonly context: boolean;
  readonly maxIncidentsPerRun: number;
  readonly stateRetentionMs: number;
  readonly healthMaxAgeMs: number;
  /** The silence of the log that is a fault, unless the tenant is often silent for that long. */
  readonly sourceMaxAgeMs: number;
  readonly dryRun: boolean;
  readonly sinks: readonly SinkName[];
  /** The target of the sink `logs`; null if it is not used. */
  readonly findingsTable: FindingsTable | null;
}

/** A stream of a data collection rule. */
export interface FindingsTable {
  readonly endpoint: string;
  readonly ruleId: string;
  readonly stream: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A single run is missed now and then. Three in a row are a fault. */
const missedRuns = 3;
const leastHealthAge = 15 * 60_000;

/**
 * Reads the settings of the app.
 *
 * @throws SettingsError that names every problem, not just the first
 */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const report = (problem: string) => void problems.push(problem);
  const texts = textsOf(environment);
  const values = readValues(texts, report);
  const ruleDefaults = values === null ? undefined : ruleDefaultsOf(values);
  const { rules, problems: ruleProblems } = readRules(texts.DETECTION_RULES, ruleDefaults);
  ruleProblems.forEach((problem) => report(problemWith("DETECTION_RULES", problem)));
  const isGiven = texts.DETECTION_RULES !== definitions.DETECTION_RULES.fallback;
  if (texts.RULES_FILE !== "" && isGiven) {
    report("RULES_FILE is given together with DETECTION_RULES; only one way is possible");
  }
  const { workspaces, problems: workspaceProblems } = readWorkspaces(
    {
      list: texts.WORKSPACES,
      workspaceId: texts.LOG_ANALYTICS_WORKSPACE_ID,
      resourceId: texts.SENTINEL_WORKSPACE_RESOURCE_ID,
    },
    ruleDefaults,
  );
  workspaceProblems.forEach(report);
  const stateStorage = readStateStorage(
    {
      connectionString: environment["STATE_STORAGE"],
      tableServiceUri: texts.STATE_STORAGE__tableServiceUri,
      queueServiceUri: texts.STATE_STORAGE__queueServiceUri,
    },
    report,
  );
  if (values === null) {
    throw new SettingsError(problems);
  }
  const isWanted = workspaces.some(({ sinks = [] }) => sinks.includes("logs"));
  const findingsTable = readFindingsTable(values, isWanted, report);
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
  const cloud = clouds[values.AZURE_CLOUD];
  return {
    workspaces,
    stateStorage,
    stateTable: values.STATE_TABLE,
    clientId: values.AZURE_CLIENT_ID,
    queueClientId: values.STATE_STORAGE__clientId,
    cloud,
    logAnalyticsEndpoint: values.LOG_ANALYTICS_ENDPOINT ?? cloud.logAnalytics.endpoint,
    resourceManagerEndpoint:
      values.AZURE_RESOURCE_MANAGER_ENDPOINT ?? cloud.resourceManager.endpoint,
    rules: values.RULES_FILE === null ? { rules } : { file: values.RULES_FILE },
    ruleDefaults: ruleDefaultsOf(values),
    ingestionSafetyMs: values.INGESTION_SAFETY,
    initialLookbackMs: values.INITIAL_LOOKBACK,
    approvalLatenessMs: values.APPROVAL_LATENESS,
    context: values.CONTEXT,
    maxIncidentsPerRun: values.MAX_INCIDENTS_PER_RUN,
    stateRetentionMs: values.STATE_RETENTION,
    healthMaxAgeMs: values.HEALTH_MAX_AGE ?? healthAgeFor(values.DETECTION_SCHEDULE),
    sourceMaxAgeMs: values.SOURCE_MAX_AGE,
    dryRun: values.DRY_RUN,
    sinks: values.INCIDENT_SINKS ?? (findingsTable === null ? ["sentinel"] : ["sentinel", "logs"]),
    findingsTable,
  };
}

/** Returns the values that settings give all rules that have none of their own. */
function ruleDefaultsOf(values: SettingValues): RuleDefaults {
  return {
    approvalWatchMs: values.APPROVAL_WATCH,
    approvalRaises: values.APPROVAL_RAISES,
    usualOriginSeverity: values.USUAL_ORIGIN_SEVERITY,
  };
}

type Texts = Readonly<Record<SettingName, string>>;

function textsOf(environment: Environment): Texts {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, { fallback }]) => [
      name,
      environment[name]?.trim() || (fallback ?? ""),
    ]),
  ) as Record<SettingName, string>;
}

/** @returns null if one of them is invalid */
function readValues(texts: Texts, report: (problem: string) => void): SettingValues | null {
  const values: Partial<Record<string, unknown>> = {};
  let isWhole = true;
  for (const [name, { schema }] of Object.entries(definitions)) {
    const read = v.safeParse(schema, texts[name as SettingName]);
    values[name] = read.output;
    isWhole &&= read.success;
    // One at a time, because there may be too many for arguments.
    read.issues?.forEach((issue) => report(problemWith(name, describeIssue(issue))));
  }
  return isWhole ? (values as SettingValues) : null;
}

/**
 * Returns the target of the sink `logs`. It is required if the sink is named, and enables the sink otherwise.
 *
 * @param isWanted whether a workspace names the sink
 */
function readFindingsTable(
  { INCIDENT_SINKS, FINDINGS_ENDPOINT, FINDINGS_DCR_ID, FINDINGS_STREAM }: SettingValues,
  isWanted: boolean,
  report: (problem: string) => void,
): FindingsTable | null {
  const isNamed = isWanted || INCIDENT_SINKS?.includes("logs") === true;
  const isReady = FINDINGS_ENDPOINT !== null && FINDINGS_DCR_ID !== null;
  if (!isNamed && (INCIDENT_SINKS !== null || !isReady)) {
    return null;
  }
  if (FINDINGS_ENDPOINT === null) {
    report(
      "FINDINGS_ENDPOINT must be an https address if INCIDENT_SINKS or a workspace names logs",
    );
  }
  if (FINDINGS_DCR_ID === null) {
    report(
      "FINDINGS_DCR_ID must be the immutable id (dcr-…) of a data collection rule if INCIDENT_SINKS or a workspace names logs",
    );
  }
  return {
    endpoint: FINDINGS_ENDPOINT ?? "",
    ruleId: FINDINGS_DCR_ID ?? "",
    stream: FINDINGS_STREAM,
  };
}

function healthAgeFor(schedule: string): number {
  return Math.max(leastHealthAge, missedRuns * (longestGap(schedule) ?? 0));
}
