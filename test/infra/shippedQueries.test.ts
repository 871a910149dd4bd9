import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createAnalyser } from "../../standins/logService/kusto.ts";
import { builtInTables } from "../../standins/logService/tables.ts";
import {
  alertQueries,
  fieldsRead,
  queriedTables,
  shippedWorkbook,
  workbookQueries,
} from "./shippedQueries.ts";

const analyse = createAnalyser({ ...builtInTables, ...queriedTables });
const queries = [...alertQueries(), ...workbookQueries()];

interface Alert {
  readonly name: string;
  readonly query: string;
  readonly measure?: string;
  readonly dimension?: string;
  readonly frequency: string;
  readonly window: string;
}

/** The alerts as the template declares them. */
function alerts(): readonly Alert[] {
  const template = readFileSync("infra/azuredeploy.bicep", "utf8");
  return [...template.matchAll(/\{\n\s+name: '([\w-]+)'\n\s+title:[^}]*\}/g)].map(
    ([text, name]) => {
      const member = (key: string) => new RegExp(`\\b${key}: '([^']+)'`).exec(text)?.[1];
      const file = /loadTextContent\('([^']+)'\)/.exec(text)?.[1] ?? "";
      const [measure, dimension] = [member("measure"), member("dimension")];
      return {
        name: String(name),
        query: file,
        frequency: member("frequency") ?? "",
        window: member("window") ?? "",
        ...(measure === undefined ? {} : { measure }),
        ...(dimension === undefined ? {} : { dimension }),
      };
    },
  );
}

describe("the queries of alerts and workbook", () => {
  test.each(queries)("%s: Microsoft's analyser finds nothing wrong", (_, query) => {
    expect(analyse(query).problems).toEqual([]);
  });

  test("are analysed against tables that are declared: a misspelt column is found", () => {
    const [, query] = queries.find(([name]) => name === "workbook: topUsers") ?? ["", ""];
    const misspelt = query.replace("LastDenialAt", "LastDenialAtt");
    expect(analyse(misspelt).problems).not.toEqual([]);
  });
});

describe("the alerts", () => {
  test("are those that somebody on call needs, and each has its query", () => {
    expect(alerts().map(({ name }) => name)).toEqual([
      "no-run",
      "failed-runs",
      "undelivered",
      "lag",
      "poison",
      "silence",
      "no-reasons",
      "analytics-rule",
    ]);
    const files = alerts().map(({ query }) => query);
    expect(files.toSorted()).toEqual([...alertQueries().keys()].toSorted());
  });

  test.each(alerts().map((alert) => [alert.name, alert] as const))(
    "%s measures and divides by columns that its query yields",
    (_, { query, measure, dimension }) => {
      const { columns } = analyse(alertQueries().get(query) ?? "");
      const names = columns.map(({ name }) => name);
      for (const used of [measure, dimension].filter((name) => name !== undefined)) {
        expect(names).toContain(used);
      }
      const measured = columns.find(({ name }) => name === measure);
      expect(["long", "int", "real", undefined]).toContain(measured?.type);
    },
  );

  test("look back no further than their window, which the platform takes", () => {
    const minutes = { "20m": 20, "30m": 30, "1h": 60, "1d": 1_440 } as const;
    const windows = { PT30M: 30, PT1H: 60, P1D: 1_440 } as const;
    for (const { name, query, window, frequency } of alerts()) {
      const text = alertQueries().get(query) ?? "";
      const [, back = ""] = /ago\((\w+)\)/.exec(text) ?? [];
      const longest = windows[window as keyof typeof windows];
      expect([name, minutes[back as keyof typeof minutes] <= longest]).toEqual([name, true]);
      expect(["PT5M", "PT15M", "PT1H"]).toContain(frequency);
    }
  });

  test("read lines that Application Insights does not sample away", () => {
    const { logging } = JSON.parse(readFileSync("host.json", "utf8")) as {
      logging: { applicationInsights: { samplingSettings: { excludedTypes: string } } };
    };
    const { excludedTypes } = logging.applicationInsights.samplingSettings;
    expect(excludedTypes.split(";")).toEqual(expect.arrayContaining(["Trace", "Request"]));
  });

  test("are explained, each, in docs/deploy.md", () => {
    const docs = readFileSync("docs/deploy.md", "utf8");
    for (const { name } of alerts()) {
      expect(docs).toContain(`| \`${name}\``);
    }
  });
});

describe("the workbook", () => {
  const { items, version } = shippedWorkbook();

  test("is one, and every part has a name of its own", () => {
    expect(version).toBe("Notebook/1.0");
    const names = items.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("shows what such a page must show", () => {
    const titles = items.flatMap(({ content }) => content.title ?? []).join("\n");
    for (const part of [
      "Findings by day and severity",
      "Users with most denials",
      "Addresses that prompts came from",
      "Approved after refusing",
      "Minutes from the trigger",
      "Minutes that reading lags behind",
      "Incidents that wait",
      "that say why",
      "no known text explains",
      "that the detector does not know",
      "what is known of their origin",
      "Campaigns",
      "Signs of a takeover",
      "Sinks that refuse",
      "leave unopened",
      "Newest row",
    ]) {
      expect(titles).toContain(part);
    }
  });

  test("asks each workspace by a parameter that it has, and names no workspace of anybody", () => {
    const parameters = items.flatMap(({ content }) => content.parameters ?? []);
    const known = parameters.map(({ name }) => `{${name}}`);
    for (const { content } of items.filter(({ type }) => type === 3)) {
      expect(known).toContain(content.crossComponentResources?.[0]);
    }
    const text = readFileSync("infra/workbook.json", "utf8");
    expect(text).not.toMatch(/\/subscriptions\//);
    expect(parameters.map(({ value }) => value)).toEqual(
      expect.arrayContaining(["<Sentinel workspace>", "<telemetry workspace>"]),
    );
  });

  test("asks the telemetry for runs and the Sentinel workspace for everything else", () => {
    for (const { content } of items.filter(({ type }) => type === 3)) {
      const telemetry = /^App(?:Traces|Requests)/.test(content.query ?? "");
      expect(content.crossComponentResources).toEqual([telemetry ? "{Telemetry}" : "{Workspace}"]);
    }
  });
});

test("the fields of a run's line in queries are distinguished from everything else", () => {
  expect(fieldsRead("x = Run.counts.rows + toint(Run.pending), Line.event")).toEqual([
    "counts.rows",
    "pending",
    "event",
  ]);
});
