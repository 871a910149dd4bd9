import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { presets } from "../../src/detection/rules/presets.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";
import { clouds } from "../../src/settings/clouds.ts";
import { definitions, type SettingName } from "../../src/settings/definitions.ts";
import { readSettings, type Environment, type Settings } from "../../src/settings/settings.ts";
import { SettingsError } from "../../src/settings/settingsError.ts";

const guid = "00000000-0000-0000-0000-0000000000aa";
const resourceId =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/sentinel";

/** The least that must be given. */
const least: Environment = {
  LOG_ANALYTICS_WORKSPACE_ID: guid,
  SENTINEL_WORKSPACE_RESOURCE_ID: resourceId,
  STATE_STORAGE: "UseDevelopmentStorage=true",
};

function read(more: Environment = {}): Settings {
  return readSettings({ ...least, ...more });
}

function problemsOf(more: Environment, base: Environment = least): readonly string[] {
  try {
    readSettings({ ...base, ...more });
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

function rulesIn({ rules }: Pick<Settings, "rules">): readonly Rule[] {
  return "rules" in rules ? rules.rules : [];
}

const minute = 60_000;
const day = 1_440 * minute;

test("with only the required settings, the defaults apply", () => {
  expect(read()).toEqual({
    workspaces: [{ name: "default", workspaceId: guid, resourceId }],
    stateStorage: { connectionString: "UseDevelopmentStorage=true", allowHttp: true },
    stateTable: "MfaDenyState",
    clientId: null,
    queueClientId: null,
    cloud: clouds.public,
    logAnalyticsEndpoint: "https://api.loganalytics.azure.com",
    resourceManagerEndpoint: "https://management.azure.com",
    rules: { rules: presets.filter(({ mode }) => mode === "on") },
    ruleDefaults: {
      approvalWatchMs: 60 * minute,
      approvalRaises: "any",
      usualOriginSeverity: null,
    },
    ingestionSafetyMs: 2 * minute,
    initialLookbackMs: 60 * minute,
    approvalLatenessMs: 2 * day,
    maxIncidentsPerRun: 50,
    stateRetentionMs: 180 * day,
    healthMaxAgeMs: 15 * minute,
    context: true,
    sourceMaxAgeMs: day,
    dryRun: false,
    sinks: ["sentinel"],
    findingsTable: null,
  });
});

test("a setting that is blank is one that is not given", () => {
  const blank = Object.keys(definitions).map((name) => [name, "  "] as const);
  expect(readSettings({ ...Object.fromEntries(blank), ...least })).toEqual(read());
});

test("a rule's own approval and severity go before what settings say of all rules", () => {
  const { rules } = read({
    APPROVAL_WATCH: "PT90M",
    APPROVAL_RAISES: "matched",
    DETECTION_RULES:
      "- { id: explicit-mfa-deny, approval: { watch: PT30M } }\n- { id: mfa-deny-then-approve }",
  }) as { readonly rules: { readonly rules: readonly Rule[] } };
  expect(
    rules.rules.map(({ approvalWatchMs, approvalRaises }) => [approvalWatchMs, approvalRaises]),
  ).toEqual([
    [30 * minute, "matched"],
    [90 * minute, "matched"],
  ]);
});

test("a text of rules tells line and column", () => {
  expect(problemsOf({ DETECTION_RULES: "- id: explicit-mfa-deny\n  treshold: 3\n" })).toEqual([
    "DETECTION_RULES:2:3 [0].treshold is not known; did you mean threshold?",
  ]);
});

test("a file of rules and rules in the settings exclude each other", () => {
  expect(problemsOf({ RULES_FILE: "a.yaml", DETECTION_RULES: "mfa-deny-then-approve" })).toEqual([
    "RULES_FILE is given together with DETECTION_RULES; only one way is possible",
  ]);
});

describe("a workspace", () => {
  const own = { name: "a", workspaceId: guid, resourceId };
  const storage = { STATE_STORAGE: least["STATE_STORAGE"] };
  const workspaceOf = (more: object, others: Environment = {}) =>
    readSettings({ ...storage, ...others, WORKSPACES: JSON.stringify([{ ...own, ...more }]) })
      .workspaces[0];
  const wrong = (more: object, others: Environment = {}) =>
    problemsOf({ ...storage, ...others, WORKSPACES: JSON.stringify([{ ...own, ...more }]) }, {});

  test("has rules, sinks and an identity of its own if it names them", () => {
    expect(workspaceOf({})).toEqual(own);
    expect(
      workspaceOf({ rules: "a.yaml", sinks: ["sentinel", "sentinel"], clientId: guid }),
    ).toEqual({ ...own, rules: { file: "a.yaml" }, sinks: ["sentinel"], clientId: guid });
    const rules = [{ id: "vip", basedOn: "explicit-mfa-deny", threshold: 3 }];
    expect(workspaceOf({ rules }, { APPROVAL_WATCH: "PT5M" })).toMatchObject({
      rules: { rules: [{ id: "vip", threshold: 3, approvalWatchMs: 5 * minute }] },
    });
  });

  test("tells what is wrong with them, and with its place", () => {
    expect(wrong({ rules: [{ id: "vip", treshold: 3 }] })).toEqual([
      "WORKSPACES[0].rules[0].treshold is not known; did you mean threshold?",
      expect.stringMatching(/^WORKSPACES\[0\]\.rules\[0\]\.id is none of the rules that ship/),
    ]);
    expect(wrong({ rules: [{ id: "explicit-mfa-deny", treshold: 3 }], sinks: [] })).toEqual([
      "WORKSPACES[0].sinks is empty",
      "WORKSPACES[0].rules[0].treshold is not known; did you mean threshold?",
    ]);
    expect(wrong({ rules: 7 })).toEqual([
      "WORKSPACES[0].rules must be a file of rules or a list of rules",
    ]);
    expect(wrong({ sinks: ["log"] })).toEqual([
      "WORKSPACES[0].sinks[0] must be one of sentinel, logs; did you mean logs?",
    ]);
    expect(wrong({ sinks: ["logs"] }).map((each) => each.split(" ")[0])).toEqual([
      "FINDINGS_ENDPOINT",
      "FINDINGS_DCR_ID",
    ]);
  });
});

describe("each setting by itself", () => {
  const logs = {
    INCIDENT_SINKS: "logs",
    FINDINGS_ENDPOINT: "https://dce.example.ingest.monitor.azure.com",
    FINDINGS_DCR_ID: `dcr-${"0".repeat(32)}`,
  };

  test.each<[SettingName, string, (settings: Settings) => unknown, unknown]>([
    [
      "LOG_ANALYTICS_WORKSPACE_ID",
      ` ${guid.toUpperCase()} `,
      (s) => s.workspaces[0]?.workspaceId,
      guid,
    ],
    [
      "SENTINEL_WORKSPACE_RESOURCE_ID",
      ` ${resourceId} `,
      (s) => s.workspaces[0]?.resourceId,
      resourceId,
    ],
    ["STATE_TABLE", "State2", (s) => s.stateTable, "State2"],
    ["AZURE_CLIENT_ID", guid, (s) => s.clientId, guid],
    ["AZURE_CLOUD", "usgov", (s) => s.cloud, clouds.usgov],
    [
      "LOG_ANALYTICS_ENDPOINT",
      "https://127.0.0.1:8443/",
      (s) => s.logAnalyticsEndpoint,
      "https://127.0.0.1:8443",
    ],
    [
      "AZURE_RESOURCE_MANAGER_ENDPOINT",
      "https://arm.example//",
      (s) => s.resourceManagerEndpoint,
      "https://arm.example",
    ],
    [
      "DETECTION_RULES",
      "mfa-deny-then-approve",
      (s) => rulesIn(s).map(({ id }) => id),
      ["mfa-deny-then-approve"],
    ],
    ["RULES_FILE", "rules.yaml", (s) => s.rules, { file: "rules.yaml" }],
    [
      "RULES_FILE",
      "https://soc.blob.core.windows.net/rules/rules.yaml",
      (s) => s.rules,
      { file: "https://soc.blob.core.windows.net/rules/rules.yaml" },
    ],
    ["INGESTION_SAFETY", "PT0S", (s) => s.ingestionSafetyMs, 0],
    ["INITIAL_LOOKBACK", "P30D", (s) => s.initialLookbackMs, 30 * day],
    [
      "APPROVAL_WATCH",
      "PT90M",
      (s) => rulesIn(s).map(({ approvalWatchMs }) => approvalWatchMs),
      [90 * minute, 90 * minute],
    ],
    ["APPROVAL_LATENESS", "P7D", (s) => s.approvalLatenessMs, 7 * day],
    [
      "APPROVAL_RAISES",
      "matched",
      (s) => rulesIn(s).map(({ approvalRaises }) => approvalRaises),
      ["matched", "matched"],
    ],
    [
      "USUAL_ORIGIN_SEVERITY",
      "Low",
      (s) => rulesIn(s).map(({ usualOriginSeverity }) => usualOriginSeverity),
      ["Low", "Low"],
    ],
    [
      "USUAL_ORIGIN_SEVERITY",
      "none",
      (s) => rulesIn(s).map(({ usualOriginSeverity }) => usualOriginSeverity),
      [null, null],
    ],
    ["MAX_INCIDENTS_PER_RUN", "3000", (s) => s.maxIncidentsPerRun, 3_000],
    ["STATE_RETENTION", "P7D", (s) => s.stateRetentionMs, 7 * day],
    ["HEALTH_MAX_AGE", "PT1M", (s) => s.healthMaxAgeMs, minute],
    ["DRY_RUN", "True", (s) => s.dryRun, true],
    ["CONTEXT", "off", (s) => s.context, false],
    ["INCIDENT_SINKS", "sentinel, sentinel", (s) => s.sinks, ["sentinel"]],
    ["DETECTION_SCHEDULE", "0 */10 8-18 * * MON-FRI", () => null, null],
  ])("%s can be %j", (name, text, pick, expected) => {
    expect(pick(read({ [name]: text }))).toEqual(expected);
  });

  test.each<[SettingName, readonly string[]]>([
    ["LOG_ANALYTICS_WORKSPACE_ID", ["sentinel", `${guid}0`, `{${guid}}`]],
    [
      "SENTINEL_WORKSPACE_RESOURCE_ID",
      [guid, `${resourceId}/providers/x`, resourceId.slice(1), `${resourceId}?x`],
    ],
    ["WORKSPACES", ["{}", "[", "[]", "[1]"]],
    [
      "STATE_STORAGE",
      ["MfaDenyState", "https://account.table.core.windows.net", "AccountName=a;AccountKey="],
    ],
    ["STATE_TABLE", ["ab", "1abc", "my-table", "x".repeat(64)]],
    ["AZURE_CLIENT_ID", ["my-identity"]],
    ["AZURE_CLOUD", ["china", "Public"]],
    [
      "LOG_ANALYTICS_ENDPOINT",
      ["http://127.0.0.1:8080", "api.loganalytics.io", "https://", "file:///x"],
    ],
    ["AZURE_RESOURCE_MANAGER_ENDPOINT", ["http://management.azure.com", "management"]],
    ["DETECTION_SCHEDULE", ["every 5 minutes!", "*/5", "* * * *", "* * * * * * *"]],
    ["DETECTION_RULES", ["no-such-rule", "[{}]", "[]", "explicit-mfa-deny,"]],
    [
      "RULES_FILE",
      ["http://soc.blob.core.windows.net/rules.yaml", "https://example.com/rules.yaml"],
    ],
    ["INGESTION_SAFETY", ["2", "P1DT1S", "-PT1M", "two minutes"]],
    ["INITIAL_LOOKBACK", ["P31D", "P1M"]],
    ["APPROVAL_WATCH", ["P8D", "PT1.5H"]],
    ["APPROVAL_LATENESS", ["P8D", "2 days"]],
    ["APPROVAL_RAISES", ["none"]],
    ["USUAL_ORIGIN_SEVERITY", ["High", "low", "off"]],
    ["CONTEXT", ["maybe"]],
    ["MAX_INCIDENTS_PER_RUN", ["0", "3001", "1.5", "-1", "1e2", "many"]],
    ["STATE_RETENTION", ["P6D", "P3651D", "180"]],
    ["HEALTH_MAX_AGE", ["PT59S", "P31D", "soon"]],
    ["SOURCE_MAX_AGE", ["PT59M", "P31D"]],
    ["MAINTENANCE_SCHEDULE", ["daily"]],
    ["STATE_STORAGE__clientId", ["my-identity"]],
    ["DRY_RUN", ["yes", "1"]],
    ["INCIDENT_SINKS", ["jira", "sentinel,", "sentinel;logs"]],
  ])("%s cannot be just anything, and is named when it is", (name, texts) => {
    const base = name === "WORKSPACES" ? { STATE_STORAGE: least["STATE_STORAGE"] } : least;
    for (const text of texts) {
      const problems = problemsOf({ [name]: text }, base);
      expect([text, problems.length]).toEqual([text, 1]);
      expect(problems[0]).toMatch(new RegExp(`^${name}(?:\\[\\d+\\]\\S*)? `));
      expect(problems[0]).not.toMatch(/\b(?:Invalid|undefined|NaN|expected)\b/i);
    }
  });

  test.each<[SettingName, string]>([
    ["FINDINGS_ENDPOINT", "http://dce.example"],
    ["FINDINGS_ENDPOINT", ""],
    ["FINDINGS_DCR_ID", "my-rule"],
    ["FINDINGS_DCR_ID", ""],
    ["FINDINGS_STREAM", "MfaDenyFindings_CL"],
  ])("%s cannot be %j where findings go to a table, and is not needed elsewhere", (name, text) => {
    expect(problemsOf({ ...logs, [name]: text })).toEqual([expect.stringMatching(`^${name} `)]);
    expect(problemsOf({ ...logs, INCIDENT_SINKS: "sentinel", [name]: "" })).toEqual([]);
  });

  test("without INCIDENT_SINKS, findings go to both where their table is set, else to Sentinel", () => {
    const { INCIDENT_SINKS: __, ...table } = logs;
    expect(read(table)).toMatchObject({
      sinks: ["sentinel", "logs"],
      findingsTable: { ruleId: logs.FINDINGS_DCR_ID },
    });
    for (const name of ["FINDINGS_ENDPOINT", "FINDINGS_DCR_ID"]) {
      expect(read({ ...table, [name]: "" })).toMatchObject({
        sinks: ["sentinel"],
        findingsTable: null,
      });
    }
    expect(read({ ...table, INCIDENT_SINKS: "sentinel" }).sinks).toEqual(["sentinel"]);
  });

  test("without HEALTH_MAX_AGE, three pauses of the schedule may pass, and never less than 15 minutes", () => {
    const age = (schedule: string) => read({ DETECTION_SCHEDULE: schedule }).healthMaxAgeMs;
    expect(age("0 * * * * *")).toBe(15 * minute);
    expect(age("0 0 * * * *")).toBe(180 * minute);
    expect(age("0 0 6 * * 1-5")).toBe(9 * day);
    expect(
      read({ DETECTION_SCHEDULE: "0 0 * * * *", HEALTH_MAX_AGE: "PT20M" }).healthMaxAgeMs,
    ).toBe(20 * minute);
  });

  test("findings can go to a table", () => {
    expect(read(logs).findingsTable).toEqual({
      endpoint: logs.FINDINGS_ENDPOINT,
      ruleId: logs.FINDINGS_DCR_ID,
      stream: definitions.FINDINGS_STREAM.fallback,
    });
  });
});

describe("problems", () => {
  test("are reported all at once, each naming its setting", () => {
    const wrong = {
      STATE_TABLE: "1",
      AZURE_CLOUD: "moon",
      DETECTION_RULES: "a,b",
      WORKSPACES: "[",
      INGESTION_SAFETY: "soon",
      MAX_INCIDENTS_PER_RUN: "none",
      DRY_RUN: "perhaps",
    };
    const problems = problemsOf(wrong, {});
    expect(new Set(problems.map((problem) => /^\w+/.exec(problem)?.[0]))).toEqual(
      new Set([
        ...Object.keys(wrong),
        "STATE_STORAGE__tableServiceUri",
        "STATE_STORAGE__queueServiceUri",
      ]),
    );
    expect(problems.filter((problem) => problem.startsWith("DETECTION_RULES["))).toHaveLength(2);
  });

  test("are what the error's message is made of", () => {
    expect(() => read({ STATE_TABLE: "1", DRY_RUN: "x" })).toThrow(
      new SettingsError(problemsOf({ STATE_TABLE: "1", DRY_RUN: "x" })),
    );
    expect(new SettingsError(["A is wrong", "B is wrong"]).message).toBe(
      "settings: A is wrong; B is wrong",
    );
  });

  test("do not quote a connection string", () => {
    const secret = "AccountKey=canary-key";
    const [problem] = problemsOf({ STATE_STORAGE: `AccountName=a;${secret}` });
    expect(problem).toBe("STATE_STORAGE must be the connection string of a storage account");
  });
});

describe("what every workspace is", () => {
  const other = resourceId.replace("sentinel", "second");
  const list = [
    { name: "first", workspaceId: guid.toUpperCase(), resourceId },
    { name: "second", workspaceId: guid.replace("aa", "bb"), resourceId: other },
  ];
  const storage = { STATE_STORAGE: least["STATE_STORAGE"] };

  test("can be a list", () => {
    const settings = readSettings({ ...storage, WORKSPACES: JSON.stringify(list) });
    expect(settings.workspaces).toEqual([{ ...list[0], workspaceId: guid }, list[1]]);
  });

  test.each([
    [least],
    [{ LOG_ANALYTICS_WORKSPACE_ID: guid }],
    [{ SENTINEL_WORKSPACE_RESOURCE_ID: resourceId }],
  ])("is said in one way or the other, not in both", (single) => {
    expect(problemsOf({ ...single, WORKSPACES: JSON.stringify(list) }, storage)).toEqual([
      expect.stringMatching(/^WORKSPACES is given together with LOG_ANALYTICS_WORKSPACE_ID or/),
    ]);
  });

  test("takes both of a pair", () => {
    expect(problemsOf({ ...storage, LOG_ANALYTICS_WORKSPACE_ID: guid }, {})).toEqual([
      "SENTINEL_WORKSPACE_RESOURCE_ID is missing",
    ]);
    expect(problemsOf(storage, {})).toEqual([
      "LOG_ANALYTICS_WORKSPACE_ID is missing",
      "SENTINEL_WORKSPACE_RESOURCE_ID is missing",
    ]);
  });

  test.each<[string, unknown, readonly string[]]>([
    ["nothing", [], ["WORKSPACES names no workspace"]],
    ["no list", { ...list[0] }, ["WORKSPACES must be a JSON array"]],
    [
      "no object",
      ["first"],
      ["WORKSPACES[0] must be an object with name, workspaceId and resourceId"],
    ],
    ["a name twice", [list[0], { ...list[1], name: "first" }], ["WORKSPACES uses a name twice"]],
    [
      "a workspace twice",
      [list[0], { ...list[0], name: "again" }],
      ["WORKSPACES names a workspace twice"],
    ],
    ["an unknown field", [{ ...list[0], region: "x" }], ["WORKSPACES[0].region is not known"]],
    [
      "several problems",
      [
        { name: "a b", workspaceId: 1, resourceId: "x" },
        { workspaceId: guid, resourceId: other },
      ],
      [
        "WORKSPACES[0].name must be 1 to 64 letters, digits, dots, hyphens or underscores",
        "WORKSPACES[0].workspaceId must be text",
        "WORKSPACES[0].resourceId must be the resource id of a Log Analytics workspace",
        "WORKSPACES[1].name is missing",
      ],
    ],
  ])("has no list with %s", (_, value, expected) => {
    expect(problemsOf({ ...storage, WORKSPACES: JSON.stringify(value) }, {})).toEqual(expected);
  });

  test("has no list that is not JSON", () => {
    expect(problemsOf({ ...storage, WORKSPACES: "[{]" }, {})).toEqual([
      "WORKSPACES is not valid JSON",
    ]);
  });
});

describe("the storage of the state", () => {
  const { STATE_STORAGE: _, ...without } = least;
  const uris = {
    STATE_STORAGE__tableServiceUri: "https://account.table.core.windows.net",
    STATE_STORAGE__queueServiceUri: "https://account.queue.core.windows.net",
  };

  test.each([
    "UseDevelopmentStorage=true",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5==;EndpointSuffix=core.windows.net",
    "TableEndpoint=https://a.table.core.windows.net/;SharedAccessSignature=sv=1&sig=x",
  ])("can be a connection string: %s", (connectionString) => {
    expect(read({ STATE_STORAGE: connectionString }).stateStorage).toMatchObject({
      connectionString,
    });
  });

  const emulator = (origin: string) =>
    `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;TableEndpoint=${origin}/devstoreaccount1;QueueEndpoint=${origin}/devstoreaccount1;`;

  test.each([
    "http://127.0.0.1:40001",
    "http://localhost:10002",
    "http://[::1]:10002",
    "http://azurite:10002",
    "http://host.docker.internal:10002",
    "http://storage-emulator:7",
  ])("can be an emulator over plain http: %s", (origin) => {
    expect(read({ STATE_STORAGE: emulator(origin) }).stateStorage).toMatchObject({
      allowHttp: true,
    });
  });

  test.each([
    [emulator("http://storage.contoso.com"), "storage.contoso.com"],
    [emulator("http://192.0.2.1:10002"), "192.0.2.1"],
    [emulator("http://127.0.0.1.contoso.com"), "127.0.0.1.contoso.com"],
    ["DefaultEndpointsProtocol=http;AccountName=acc;AccountKey=a2V5", "acc.table.core.windows.net"],
  ])("cannot be anywhere else over plain http: %s", (STATE_STORAGE, host) => {
    expect(problemsOf({ STATE_STORAGE })).toEqual([
      expect.stringMatching(`^STATE_STORAGE uses plain http to ${host}, .* use https;`),
    ]);
  });

  test("cannot be an empty connection string beside the service URIs, because the host would use it", () => {
    expect(problemsOf({ STATE_STORAGE: "", ...uris })).toEqual([
      expect.stringMatching(/^STATE_STORAGE is empty beside the service URIs: remove it/),
    ]);
  });

  test("can be reached by identity", () => {
    expect(readSettings({ ...without, ...uris }).stateStorage).toEqual({
      tableServiceUri: uris.STATE_STORAGE__tableServiceUri,
      queueServiceUri: uris.STATE_STORAGE__queueServiceUri,
    });
  });

  test("must be said in one of the two ways", () => {
    expect(problemsOf(uris)).toEqual([
      "STATE_STORAGE is given as a connection string and as service URIs; one is enough",
    ]);
    expect(problemsOf({}, without)).toEqual([
      expect.stringMatching(
        /^STATE_STORAGE__tableServiceUri is missing, and so is STATE_STORAGE: /,
      ),
      expect.stringMatching(
        /^STATE_STORAGE__queueServiceUri is missing, and so is STATE_STORAGE: /,
      ),
    ]);
  });

  test.each(Object.keys(uris))("must be reached over https: %s", (name) => {
    const plain = { ...without, ...uris, [name]: "http://account.core.windows.net" };
    expect(problemsOf(plain, {})).toEqual([`${name} must be an https address`]);
  });
});

test("whom a token is for follows the cloud, whatever the endpoints are", () => {
  const { cloud, logAnalyticsEndpoint, resourceManagerEndpoint } = read({
    AZURE_CLOUD: "usgov",
    LOG_ANALYTICS_ENDPOINT: "https://127.0.0.1:1",
    AZURE_RESOURCE_MANAGER_ENDPOINT: "https://127.0.0.1:2",
  });
  expect([logAnalyticsEndpoint, resourceManagerEndpoint]).toEqual([
    "https://127.0.0.1:1",
    "https://127.0.0.1:2",
  ]);
  expect(cloud.logAnalytics.audience).toBe("https://api.loganalytics.us");
  expect(cloud.resourceManager.audience).toBe("https://management.usgovcloudapi.net");
});

test("every endpoint and audience of every cloud is an https origin", () => {
  const texts = JSON.stringify(clouds).match(/"https?:[^"]*"/g) ?? [];
  expect(texts.length).toBeGreaterThan(8);
  for (const text of texts.map((each) => each.slice(1, -1))) {
    expect(new URL(text).origin).toBe(text);
    expect(text).toMatch(/^https:/);
  }
});

describe("the sample of local settings", () => {
  const sample = JSON.parse(
    readFileSync(new URL("../../local.settings.sample.json", import.meta.url), "utf8"),
  ) as { readonly IsEncrypted: unknown; readonly Values: Readonly<Record<string, string>> };
  const { AzureWebJobsStorage, FUNCTIONS_WORKER_RUNTIME, ...values } = sample.Values;

  test("has every setting in the order of the definitions, and what the host needs", () => {
    expect(Object.keys(values)).toEqual(Object.keys(definitions));
    expect([sample.IsEncrypted, FUNCTIONS_WORKER_RUNTIME]).toEqual([false, "node"]);
    expect(AzureWebJobsStorage).toBe("UseDevelopmentStorage=true");
  });

  test("is valid as it is, and sends nothing", () => {
    expect(readSettings(sample.Values)).toMatchObject({ dryRun: true });
  });

  test("shows the defaults", () => {
    const shown = Object.entries(definitions).filter(([name, { fallback }]) => {
      return fallback !== null && fallback !== "" && name !== "DRY_RUN";
    });
    expect(shown.length).toBeGreaterThan(10);
    for (const [name, { fallback }] of shown) {
      expect([name, values[name]]).toEqual([name, fallback]);
    }
  });

  test("has no secret, and nobody's identity", () => {
    const text = JSON.stringify(sample);
    expect(text).not.toMatch(/AccountKey|SharedAccess|sig=|[\da-f]{8}-(?!0000)[\da-f]{4}-/i);
  });
});

test("every definition says what it is for", () => {
  for (const { help } of Object.values(definitions)) {
    expect(help).toMatch(/^[A-Za-z].+[.)]$/);
  }
});
