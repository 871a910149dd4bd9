import * as v from "valibot";
import type { Rule } from "../detection/rules/rule.ts";
import { clouds, type Cloud } from "./clouds.ts";
import { definitions, type SettingName } from "./definitions.ts";
import { parseDuration } from "./duration.ts";
import { describeIssue, problemWith, readRules } from "./rules.ts";
import { SettingsError } from "./settingsError.ts";
import { readWorkspaces, type Workspace } from "./workspaces.ts";

export type { Workspace } from "./workspaces.ts";

type StateStorage =
  | { readonly connectionString: string }
  | { readonly tableServiceUri: string; readonly queueServiceUri: string };

const sinkNames = ["sentinel", "logs"] as const;

type SinkName = (typeof sinkNames)[number];

/** What the app was told. Durations in milliseconds. */
export interface Settings {
  readonly workspaces: readonly Workspace[];
  readonly stateStorage: StateStorage;
  readonly stateTable: string;
  /** Of a user-assigned identity; null: the app's own. */
  readonly clientId: string | null;
  readonly cloud: Cloud;
  readonly logAnalyticsEndpoint: string;
  readonly resourceManagerEndpoint: string;
  readonly rules: readonly Rule[];
  readonly ingestionSafetyMs: number;
  readonly initialLookbackMs: number;
  readonly approvalLatenessMs: number;
  /** Whether the context of findings is looked up. */
  readonly context: boolean;
  readonly maxIncidentsPerRun: number;
  readonly stateRetentionMs: number;
  readonly healthMaxAgeMs: number;
  readonly dryRun: boolean;
  readonly sinks: readonly SinkName[];
  /** Where the sink `logs` writes; null where it is not in use. */
  readonly findingsTable: FindingsTable | null;
}

/** A stream of a data collection rule. */
export interface FindingsTable {
  readonly endpoint: string;
  readonly ruleId: string;
  readonly stream: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const minute = 60_000;
const day = 1_440 * minute;

/**
 * Reads the settings of the app.
 *
 * @throws SettingsError that names every problem, not just the first
 */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  // One by one: as arguments there may be too many of them.
  const report = (more: readonly string[]) => more.forEach((problem) => problems.push(problem));
  const textOf = (name: SettingName) =>
    environment[name]?.trim() || (definitions[name].fallback ?? "");
  const read = <T>(name: SettingName, schema: v.GenericSchema<string, T>, otherwise: T): T => {
    const result = v.safeParse(schema, textOf(name));
    if (!result.success) {
      report(result.issues.map((issue) => problemWith(name, describeIssue(issue))));
      return otherwise;
    }
    return result.output;
  };
  const { rules, problems: ruleProblems } = readRules(textOf("DETECTION_RULES"));
  report(ruleProblems.map((problem) => problemWith("DETECTION_RULES", problem)));
  const { workspaces, problems: workspaceProblems } = readWorkspaces({
    list: textOf("WORKSPACES"),
    workspaceId: textOf("LOG_ANALYTICS_WORKSPACE_ID"),
    resourceId: textOf("SENTINEL_WORKSPACE_RESOURCE_ID"),
  });
  report(workspaceProblems);
  const cloud = clouds[read("AZURE_CLOUD", cloudName, "public")];
  const approvalWatchMs = read("APPROVAL_WATCH", durationBetween(0, 7 * day), 0);
  const approvalRaises = read(
    "APPROVAL_RAISES",
    v.picklist(["any", "matched"], "has to be any or matched"),
    "any",
  );
  const usualOriginSeverity = read("USUAL_ORIGIN_SEVERITY", usualSeverity, null);
  // The host reads it by itself, and says little about what is wrong with it.
  read("DETECTION_SCHEDULE", schedule, "");
  const sinks = read("INCIDENT_SINKS", sinkList, []);
  const settings: Settings = {
    workspaces,
    stateStorage: readStateStorage(environment, problems),
    stateTable: read("STATE_TABLE", tableName, ""),
    clientId: read("AZURE_CLIENT_ID", optionalGuid, "") || null,
    cloud,
    logAnalyticsEndpoint:
      read("LOG_ANALYTICS_ENDPOINT", endpoint, "") || cloud.logAnalytics.endpoint,
    resourceManagerEndpoint:
      read("AZURE_RESOURCE_MANAGER_ENDPOINT", endpoint, "") || cloud.resourceManager.endpoint,
    rules: rules.map((rule) => ({
      ...rule,
      approvalWatchMs,
      approvalRaises,
      usualOriginSeverity,
    })),
    ingestionSafetyMs: read("INGESTION_SAFETY", durationBetween(0, day), 0),
    initialLookbackMs: read("INITIAL_LOOKBACK", durationBetween(0, 30 * day), 0),
    approvalLatenessMs: read("APPROVAL_LATENESS", durationBetween(0, 7 * day), 0),
    context: read("CONTEXT", v.picklist(["on", "off"], "has to be on or off"), "on") === "on",
    maxIncidentsPerRun: read("MAX_INCIDENTS_PER_RUN", wholeNumber(1, 3_000), 1),
    stateRetentionMs: read("STATE_RETENTION", durationBetween(7 * day, 3_650 * day), 0),
    healthMaxAgeMs: read("HEALTH_MAX_AGE", durationBetween(minute, 7 * day), 0),
    dryRun: read("DRY_RUN", flag, false),
    sinks,
    findingsTable: sinks.includes("logs")
      ? {
          endpoint: read("FINDINGS_ENDPOINT", neededEndpoint, ""),
          ruleId: read("FINDINGS_DCR_ID", dataCollectionRule, ""),
          stream: read("FINDINGS_STREAM", streamName, ""),
        }
      : null,
  };
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
  return settings;
}

function readStateStorage(environment: Environment, problems: string[]): StateStorage {
  const connectionString = environment["STATE_STORAGE"]?.trim() ?? "";
  const table = environment["STATE_STORAGE__tableServiceUri"]?.trim() ?? "";
  const queue = environment["STATE_STORAGE__queueServiceUri"]?.trim() ?? "";
  if (connectionString !== "") {
    if (table !== "" || queue !== "") {
      problems.push(
        "STATE_STORAGE is given as a connection string and as service URIs; one is enough",
      );
    }
    if (!isConnectionString(connectionString)) {
      problems.push("STATE_STORAGE has to be the connection string of a storage account");
    }
    return { connectionString };
  }
  for (const [kind, uri] of [
    ["table", table],
    ["queue", queue],
  ] as const) {
    if (uri === "") {
      problems.push(
        `STATE_STORAGE__${kind}ServiceUri is missing, and so is STATE_STORAGE: give a connection string or both service URIs`,
      );
    } else if (!v.is(endpoint, uri)) {
      problems.push(`STATE_STORAGE__${kind}ServiceUri has to be an https address`);
    }
  }
  return { tableServiceUri: table, queueServiceUri: queue };
}

/** With a key, or with a signature; the client library knows no others. */
function isConnectionString(text: string): boolean {
  const has = (...names: readonly string[]) =>
    names.every((name) => new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*[^;\\s]`, "i").test(text));
  return (
    has("UseDevelopmentStorage") ||
    has("DefaultEndpointsProtocol", "AccountName", "AccountKey") ||
    has("TableEndpoint", "SharedAccessSignature")
  );
}

const cloudName = v.picklist(["public", "usgov"], "has to be public or usgov");

const tableName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][A-Za-z0-9]{2,62}$/, "has to be 3 to 63 letters and digits, a letter first"),
);

const endpoint = v.pipe(
  v.string(),
  v.check((text) => text === "" || isHttps(text), "has to be an https address"),
  v.transform(withoutSlashes),
);

/** Without those at the end. An expression for them would try anew at each of many slashes. */
function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") {
    end--;
  }
  return text.slice(0, end);
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === "https:";
}

const optionalGuid = v.pipe(
  v.string(),
  v.regex(/^$|^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, "has to be a GUID"),
);

/** NCRONTAB with or without seconds; what a field may hold is the host's business. */
const schedule = v.pipe(
  v.string(),
  v.regex(
    /^[\w*,/-]+(?:\s+[\w*,/-]+){4,5}$/,
    "has to be an NCRONTAB expression such as 0 */5 * * * *",
  ),
);

const flag = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(["true", "false"], "has to be true or false"),
  v.transform((text) => text === "true"),
);

const neededEndpoint = v.pipe(
  v.string(),
  v.check(isHttps, "has to be an https address where INCIDENT_SINKS names logs"),
  v.transform(withoutSlashes),
);

const usualSeverity = v.pipe(
  v.picklist(
    ["none", "Informational", "Low", "Medium"],
    "has to be none, Informational, Low or Medium",
  ),
  v.transform((severity) => (severity === "none" ? null : severity)),
);

const dataCollectionRule = v.pipe(
  v.string(),
  v.regex(/^dcr-[\da-f]{32}$/, "has to be the immutable id (dcr-…) of a data collection rule"),
);

const streamName = v.pipe(
  v.string(),
  v.regex(/^Custom-[A-Za-z][\w-]{0,100}$/, "has to be the name of a custom stream (Custom-…)"),
);

const sinkList = v.pipe(
  v.string(),
  v.transform((text) => [...new Set(text.split(",").map((name) => name.trim()))]),
  v.array(v.picklist(sinkNames, `has to be one of ${sinkNames.join(", ")}`)),
);

function durationBetween(leastMs: number, mostMs: number) {
  return v.pipe(
    v.string(),
    v.transform(parseDuration),
    v.check(
      (ms) => ms !== null && ms >= leastMs && ms <= mostMs,
      `has to be an ISO 8601 duration from ${inUnits(leastMs)} to ${inUnits(mostMs)}`,
    ),
    v.transform((ms) => ms ?? 0),
  );
}

function inUnits(ms: number): string {
  return ms % day === 0 && ms > 0 ? `P${ms / day}D` : `PT${ms / minute}M`;
}

function wholeNumber(least: number, most: number) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, "has to be a whole number"),
    v.transform(Number),
    v.minValue(least, `has to be ${least} or more`),
    v.maxValue(most, `has to be ${most} or less`),
  );
}
