import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { presets } from "../../src/detection/rules/presets.ts";
import { analyse } from "../../standins/logService/analyse.ts";
import { shippedRule, shippedTables } from "../../standins/ingestion/collectionRule.ts";
import { findingColumns } from "../../src/sinks/findings/findingRow.ts";
import { definitions } from "../../src/settings/definitions.ts";
import {
  startFindingsTable,
  told,
  type FindingsBench,
  type TableRow,
} from "../sinks/findings/findingsTable.ts";
import { time } from "../builders.ts";
import { approvedIncident, id, incident } from "../run/incidents.ts";

interface Rule {
  readonly [member: string]: unknown;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly query: string;
  readonly queryFrequency: string;
  readonly queryPeriod: string;
  readonly relevantTechniques: readonly string[];
  readonly entityMappings: readonly {
    readonly entityType: string;
    readonly fieldMappings: readonly { readonly identifier: string; readonly columnName: string }[];
  }[];
  readonly customDetails: Readonly<Record<string, string>>;
  readonly alertDetailsOverride: Readonly<Record<string, string>>;
  readonly incidentConfiguration: {
    readonly createIncident: boolean;
    readonly groupingConfiguration: {
      readonly lookbackDuration: string;
      readonly groupByCustomDetails: readonly string[];
    };
  };
}

const read = (name: string) => readFileSync(`infra/findings/${name}`, "utf8");
const rule = parse(read("analyticsRule.yaml")) as Rule;
const columnsOf = (found: readonly { readonly name: string; readonly type: string }[]) =>
  Object.fromEntries(found.map(({ name, type }) => [name, type]));

describe("the table, the data collection rule and the rows of the sink", () => {
  test("have the same columns, in the same order, of the same types", () => {
    const { schema } = (
      JSON.parse(read("table.json")) as {
        properties: { schema: { name: string; columns: { name: string; type: string }[] } };
      }
    ).properties;
    expect(schema.name).toBe("MfaDenyFindings_CL");
    expect(columnsOf(schema.columns)).toEqual(findingColumns);
    expect(schema.columns.map(({ name }) => name)).toEqual(Object.keys(findingColumns));
    const { streamDeclarations, dataFlows } = shippedRule().properties;
    const stream = definitions.FINDINGS_STREAM.fallback;
    expect(Object.keys(streamDeclarations)).toEqual([stream]);
    expect(columnsOf(streamDeclarations[stream]?.columns ?? [])).toEqual(findingColumns);
    expect(dataFlows).toMatchObject([
      { streams: [stream], outputStream: `Custom-${schema.name}`, transformKql: "source" },
    ]);
  });

  test("have no column that the service keeps for itself", () => {
    const reserved =
      "Type TenantId resource resourceid resourcename resourcetype subscriptionid tenanted";
    const names = Object.keys(findingColumns);
    expect(names.filter((name) => reserved.split(" ").includes(name))).toEqual([]);
    for (const name of names) {
      expect(name).toMatch(/^[A-Za-z]\w{1,44}$/);
    }
  });
});

describe("the analytics rule", () => {
  const { columns, diagnostics } = analyse(rule.query, shippedTables());
  const names = new Set(columns.map(({ name }) => name));

  test("has the members that the Azure-Sentinel repository requires of a template", () => {
    expect(rule.id).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(rule.name.length).toBeLessThanOrEqual(50);
    expect(rule.description).toMatch(/^Identifies /);
    expect(rule).toMatchObject({
      kind: "Scheduled",
      severity: "Medium",
      status: "Available",
      requiredDataConnectors: [],
      triggerOperator: "gt",
      triggerThreshold: 0,
      tactics: ["CredentialAccess", "InitialAccess"],
      eventGroupingSettings: { aggregationKind: "AlertPerResult" },
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect(rule.relevantTechniques).toEqual([
      ...new Set(presets.flatMap(({ techniques }) => techniques)),
    ]);
  });

  test("looks back as its query does, and over several runs", () => {
    expect([rule.queryFrequency, rule.queryPeriod]).toEqual(["5m", "1d"]);
    expect(rule.query).toContain(`TimeGenerated >= ago(${rule.queryPeriod})`);
    expect(rule.query).toContain("ArrivedAt > ago(1h)");
  });

  test("has a query that Microsoft's analyser finds nothing wrong with", () => {
    expect(diagnostics).toEqual([]);
    expect(
      analyse(rule.query.replace("Severity", "Severty"), shippedTables()).diagnostics,
    ).not.toEqual([]);
  });

  test("takes what the project's rows may say for an opening or a raise", () => {
    expect(rule.query).toContain('Change in ("opened", "raised")');
  });

  test("maps columns that its query yields, within the limits of the platform", () => {
    const mapped = rule.entityMappings.flatMap(({ fieldMappings }) => fieldMappings);
    const overrides = Object.entries(rule.alertDetailsOverride).map(([name, text]) =>
      name.endsWith("ColumnName") ? text : /^\{\{(\w+)\}\}$/.exec(text)?.[1],
    );
    const used = [
      ...mapped.map(({ columnName }) => columnName),
      ...Object.values(rule.customDetails),
      ...overrides,
    ];
    expect(used.filter((name) => name === undefined || !names.has(name))).toEqual([]);
    expect(rule.entityMappings.length).toBeLessThanOrEqual(10);
    for (const { fieldMappings } of rule.entityMappings) {
      expect(fieldMappings.length).toBeLessThanOrEqual(3);
    }
    expect(Object.keys(rule.customDetails).length).toBeLessThanOrEqual(20);
  });

  test("names the account by name and suffix and by object id, addresses, application, host and mailbox", () => {
    const entities = rule.entityMappings.map(
      ({ entityType, fieldMappings }) =>
        `${entityType}: ${fieldMappings.map(({ identifier }) => identifier).join(", ")}`,
    );
    expect(entities).toEqual([
      "Account: Name, UPNSuffix, AadUserId",
      ...Array.from({ length: 5 }, () => "IP: Address"),
      "CloudApplication: Name",
      "Host: HostName",
      "Mailbox: MailboxPrimaryAddress",
    ]);
  });

  test("groups the alerts of a finding", () => {
    const { createIncident, groupingConfiguration } = rule.incidentConfiguration;
    expect(createIncident).toBe(true);
    expect(groupingConfiguration).toMatchObject({
      enabled: true,
      matchingMethod: "Selected",
      groupByEntities: [],
      groupByCustomDetails: ["FindingId"],
    });
    expect(rule.customDetails["FindingId"]).toBe("FindingId");
  });

  test("is the same as the body for Azure Resource Manager", () => {
    expect(JSON.parse(read("analyticsRule.json"))).toEqual(bodyOf(rule));
  });
});

/** The template as a resource of kind Scheduled: durations are ISO 8601, and sub-techniques are not taken. */
function bodyOf({ id: guid, name, version, kind, status, requiredDataConnectors, ...rest }: Rule) {
  void [guid, status, requiredDataConnectors];
  const { relevantTechniques, incidentConfiguration, ...same } = rest;
  const { groupingConfiguration, createIncident } = incidentConfiguration;
  return {
    kind,
    properties: {
      ...same,
      displayName: name,
      enabled: true,
      templateVersion: version,
      queryFrequency: iso(rest.queryFrequency),
      queryPeriod: iso(rest.queryPeriod),
      triggerOperator: "GreaterThan",
      suppressionEnabled: false,
      suppressionDuration: "PT1H",
      techniques: relevantTechniques.map((technique) => technique.replace(/\..*/, "")),
      incidentConfiguration: {
        createIncident,
        groupingConfiguration: {
          ...groupingConfiguration,
          lookbackDuration: iso(groupingConfiguration.lookbackDuration),
        },
      },
    },
  };
}

function iso(duration: string): string {
  const mark = duration.endsWith("d") ? "" : "T";
  return `P${mark}${duration.toUpperCase()}`;
}

describe("the page about the Defender portal", () => {
  const page = readFileSync("docs/defender.md", "utf8");

  test("names files, settings and the rule as they are", () => {
    for (const [file] of page.matchAll(/infra\/findings\/[\w.]+/g)) {
      expect(readFileSync(file, "utf8"), file).not.toBe("");
    }
    for (const [name] of page.matchAll(/FINDINGS_\w+|INCIDENT_SINKS/g)) {
      expect(Object.keys(definitions)).toContain(name);
    }
    expect(page).toContain(`RULE=${rule.id}`);
    expect(page).toContain('--role "Monitoring Metrics Publisher"');
    const placeholders = read("dataCollectionRule.json").match(/<[^>]+>/g) ?? [];
    expect(placeholders).toHaveLength(2);
    for (const placeholder of placeholders) {
      expect(page).toContain(`s|${placeholder}|$`);
    }
  });

  test("has a query for the table that Microsoft's analyser finds nothing wrong with", () => {
    const [, query = ""] = /```kusto\n([^`]+)```/.exec(page) ?? [];
    expect(query).toContain("MfaDenyFindings_CL");
    expect(analyse(query, shippedTables()).diagnostics).toEqual([]);
  });
});

const minute = 60_000;
const start = time("00:00");

describe("the rule on the rows that the sink wrote", () => {
  let bench: FindingsBench | undefined;
  afterEach(() => bench?.stop());

  /** Every five minutes over two days. */
  const schedule = Array.from({ length: (2 * 24 * 60) / 5 + 1 }, (_, i) => start + i * 5 * minute);

  /** Delivers at their times, then runs the rule at its times. Alerts can be queried two minutes later. */
  async function alertsOf(
    deliveries: readonly (readonly [at: number, incident: ReturnType<typeof incident>])[],
    arrivals: (row: Readonly<Record<string, unknown>>) => readonly number[],
    runs: readonly number[] = schedule,
  ): Promise<readonly TableRow[]> {
    bench = await startFindingsTable(start, { arrivals });
    const sink = bench.sink();
    for (const [at, each] of deliveries) {
      bench.moveTo(at);
      await sink.deliver(each);
    }
    const table = bench;
    return runs.flatMap((at) => {
      const alerts = table.query(rule.query, at);
      table.storeAlerts(alerts, at + 2 * minute);
      return alerts;
    });
  }

  const other = "6513270e-269e-5d37-a2f7-000000000002";
  const high = (revision: number, sentRevision: number) => ({
    ...approvedIncident(revision),
    sentRevision,
  });
  const said = (alerts: readonly TableRow[]) =>
    alerts.map((alert) =>
      [
        told(alert, "FindingId") === id ? "first" : "second",
        told(alert, "Change", "Severity", "Revision"),
      ].join(" "),
    );

  const story = [
    [start + 7 * minute, incident(1)],
    [start + 12 * minute, incident(2, { sentRevision: 1 })],
    // Exactly as a run begins.
    [start + 20 * minute, incident(1, { id: other })],
    [start + 21 * minute, incident(3, { sentRevision: 2 })],
    [start + 26 * 60 * minute, high(4, 3)],
    [start + 26 * 60 * minute + 7 * minute, { ...high(5, 4), summary: high(4, 3).summary }],
  ] as const;

  const expected = ["first opened Medium 1", "second opened Medium 1", "first raised High 4"];

  test.each([
    ["once, at once", () => [0]],
    ["twice, at once", () => [0, 0]],
    ["twice, 9 minutes apart", () => [0, 9 * minute]],
    ["twice, late and apart", () => [47 * minute, 3 * minute]],
    ["twice, 23 hours apart", () => [0, 23 * 60 * minute]],
  ] as const)(
    "that arrive %s, raises one alert for an opening or a raise, and no other",
    async (_, arrivals) => {
      expect(said(await alertsOf(story, arrivals))).toEqual(expected);
    },
  );

  test.each([
    ["late by 4 minutes, each", schedule.map((at) => at + 4 * minute)],
    ["late by 2 minutes at most", schedule.map((at, index) => at + (index % 3) * minute)],
    ["left out for 40 minutes", schedule.filter((_, index) => index % 10 === 0)],
    ["run twice, 2 minutes apart", schedule.flatMap((at) => [at, at + 2 * minute])],
  ])("of which runs are %s, raises one alert for an opening or a raise", async (_, runs) => {
    expect(said(await alertsOf(story, () => [0, 3 * minute], runs))).toEqual(expected);
  });

  test("even if the sink delivers twice, leads to one incident per finding", async () => {
    const again = story.flatMap(([at, each]) => [
      [at, each] as const,
      // After a crash between the upload and its record.
      [at + 8 * minute, each] as const,
    ]);
    const alerts = await alertsOf(again, () => [0, 90_000]);
    expect(said(alerts)).toEqual(expected);
    const [key = ""] = rule.incidentConfiguration.groupingConfiguration.groupByCustomDetails;
    const column = rule.customDetails[key] ?? "";
    expect(new Set(alerts.map((alert) => alert[column]))).toEqual(new Set([id, other]));
  });

  test("whose raise arrives before their opening, still raises one alert for each", async () => {
    const alerts = await alertsOf(
      story.slice(0, 1).concat([[start + 9 * minute, high(2, 1)]] as never),
      ({ Change }) => (Change === "opened" ? [30 * minute, 31 * minute] : [0, minute]),
    );
    expect(said(alerts)).toEqual(["first raised High 2", "first opened Medium 1"]);
  });

  test("that open at once with a high severity, raises one", async () => {
    const alerts = await alertsOf([[start + minute, high(1, 0)]], () => [0, 2 * minute]);
    expect(said(alerts)).toEqual(["first opened High 1"]);
  });

  test("has what the mappings want", async () => {
    const [alert] = await alertsOf([[start + minute, high(1, 0)]], () => [0]);
    expect(alert).toMatchObject({
      Title: "MFA push attack on alice@contoso.com",
      AccountName: "alice",
      AccountUPNSuffix: "contoso.com",
      ApprovalMatch: "same-address",
    });
  });

  test("must not be longer than the limits of an alert, which are bytes", async () => {
    const text = { ...incident(1).text, title: "ü".repeat(129), description: "x" };
    await expect(alertsOf([[start + minute, { ...incident(1), text }]], () => [0])).rejects.toThrow(
      "too long",
    );
  });

  test("raises nothing for what was merged", async () => {
    bench = await startFindingsTable(start);
    await bench.sink().noteMerge(id, other);
    expect(bench.query(rule.query, start + minute)).toEqual([]);
  });
});
