import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli, detect, temporaryFolder } from "../../cli/terminal.ts";
import {
  asDiagnostic,
  at,
  fiveRefusals,
  flat,
  kindsOfLines,
  lines,
  text,
  type Fields,
} from "./kindsOfLines.ts";
import { zip } from "./containers/zipping.ts";

const graph = fiveRefusals("bob@contoso.com", "b0b");
const diagnostic = asDiagnostic(graph);

function csv(records: readonly Fields[]): string {
  const quote = (cell: unknown) =>
    `"${(typeof cell === "string" ? cell : JSON.stringify(cell)).replaceAll('"', '""')}"`;
  const names = Object.keys(records[0] ?? {});
  return [
    names.join(),
    ...records.map((each) => names.map((name) => quote(each[name])).join()),
  ].join("\n");
}

/** The password and the refusal of each sign-in. */
function rowPerStep(prefix: string): readonly Fields[] {
  return graph.flatMap(({ id, createdDateTime, userPrincipalName, status }) =>
    ["Correct password", text].map((detail, n) => ({
      TimeGenerated: createdDateTime,
      Id: id,
      UserPrincipalName: userPrincipalName,
      ResultType: status.errorCode,
      [`${prefix}authenticationStepResultDetail`]: detail,
      [`${prefix}authenticationMethod`]: n === 0 ? "Password" : "Mobile app notification",
      [`${prefix}succeeded`]: n === 0,
    })),
  );
}

/** With quotes in cells, and none around them. */
function tabbed(records: readonly Fields[]): string {
  const cell = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const names = Object.keys(records[0] ?? {});
  return [names, ...records.map((each) => names.map((name) => cell(each[name])))]
    .map((cells) => cells.join("\t"))
    .join("\n");
}

const files: Readonly<Record<string, string | Buffer>> = {
  ...kindsOfLines(graph),
  "CSV of flattened records": csv(graph.map((each) => flat(each, "."))),
  "CSV with the status as JSON": csv(graph),
  "CSV of Splunk with a line for each step": csv(
    graph.map(({ status, ...each }) => ({
      ...each,
      "status.errorCode": status.errorCode,
      "properties.authenticationDetails{}.authenticationStepResultDetail": `Password\n${text}`,
      "properties.authenticationDetails{}.succeeded": "true\nfalse",
    })),
  ),
  "CSV of Splunk": csv(
    diagnostic.map((each) => ({ _time: each.time, host: "h", _raw: JSON.stringify(each) })),
  ),
  "CSV of mv-expand, a row for each step": csv(rowPerStep("")),
  "CSV of mv-expand, with the name of the list": csv(rowPerStep("AuthenticationDetails_")),
  "cells copied from a grid, with tabs between them": tabbed(graph),
  "UTF-16 without a mark": Buffer.from(JSON.stringify(graph), "utf16le"),
  "a status as Python writes it, in CSV": csv(
    graph.map((each) => ({
      ...each,
      status: `{'errorCode': 500121, 'additionalDetails': '${text}', 'x': None}`,
    })),
  ),
};

describe("five refusals are five, whatever they are written as, by the byte search and row by row", () => {
  test.each(Object.entries(files))("%s", async (name, content) => {
    const path = join(temporaryFolder(), "log.json");
    writeFileSync(path, content);
    for (const more of [[], ["--every-row"]]) {
      const { findings, run } = await detect([path, "--rule", "explicit-mfa-deny", ...more]);
      expect(findings.map(({ user, denials }) => `${user} ${denials}`)).toEqual([
        "bob@contoso.com 5",
      ]);
      expect(run.rows).toBe(name.includes("mv-expand") ? 10 : 5);
      expect(run.badRecords).toBe(0);
    }
  });
});

describe("a file that is not a sign-in log is named", () => {
  test.each([
    [
      "a Unified Audit Log",
      lines([
        {
          RecordType: 15,
          Workload: "AzureActiveDirectory",
          UserId: "bob@contoso.com",
          Id: "1",
          ResultStatus: "Failed",
        },
      ]),
    ],
    [
      "an Entra audit log",
      lines([
        {
          id: "1",
          activityDisplayName: "Reset password",
          result: "success",
          initiatedBy: { user: { userPrincipalName: "bob@contoso.com" } },
        },
      ]),
    ],
    [
      "a list of Entra risk detections",
      lines([{ id: "1", riskEventType: "x", userPrincipalName: "bob@contoso.com" }]),
    ],
    ["another kind of log or list", lines([{ time: at(0), status: "ok", message: "hello" }])],
    [
      "CSV with a header in German",
      "Datum,Anforderungs-ID,Benutzername,IP-Adresse,Status\n1,2,3,4,5\n",
    ],
  ])("%s", async (what, content) => {
    const path = join(temporaryFolder(), "log.json");
    writeFileSync(path, content);
    const { code, err } = await cli(["detect", path]);
    expect(code).toBe(2);
    expect(err).toMatch(
      new RegExp(what.startsWith("CSV") ? "header is in German" : `this is ${what}`),
    );
  });
});

describe("what cannot be read beside a log is said", () => {
  test("a zip file in a zip file, and a spreadsheet", async () => {
    const folder = temporaryFolder();
    const inner = zip([{ name: "log.json", content: JSON.stringify(graph) }]);
    const content = [
      { name: "more.zip", content: inner },
      { name: "log.json", content: JSON.stringify(graph.slice(0, 1)) },
    ];
    writeFileSync(join(folder, "logs.zip"), zip(content));
    writeFileSync(join(folder, "sign-ins.xlsx"), "PK");
    const { code, err } = await cli(["detect", folder]);
    expect(code).toBe(3);
    expect(err).toContain("logs.zip/more.zip is a zip file within another archive");
    expect(err).toContain("sign-ins.xlsx is ");
  });

  test("CSV of PowerShell, which has names of types in place of nested values", async () => {
    const path = join(temporaryFolder(), "log.csv");
    const type = "Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignIn";
    const records = graph.map((each) => ({ ...each, status: `${type}Status` }));
    writeFileSync(path, `#TYPE ${type}\r\n${csv(records)}`);
    const { code, err } = await cli(["detect", path, "--format", "json"]);
    expect(code).toBe(2);
    expect(err).toContain("Export-Csv replaces nested values by the names of their types");
  });

  test("a file of which no record can be used", async () => {
    const path = join(temporaryFolder(), "log.json");
    writeFileSync(path, JSON.stringify(graph, null, 2).replaceAll("\n  }", ",\n  }"));
    const { code, out, err } = await cli(["detect", path]);
    expect(code).toBe(2);
    expect(err).toContain("log.json[0]: not valid JSON");
    expect(out).toContain("BLIND: ");
    expect(out).toContain("None of 5 records could be used.");
  });

  test("a summary without times", async () => {
    const path = join(temporaryFolder(), "log.csv");
    writeFileSync(path, csv([{ UserPrincipalName: "bob@contoso.com", ResultType: 500121, n: 6 }]));
    const { code, err } = await cli(["detect", path, "--format", "json"]);
    expect(code).toBe(2);
    expect(err).toContain("blind: No record says when");
  });
});

test("text files in a folder are read", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "log.txt"), JSON.stringify(graph));
  expect((await detect([folder, "--rule", "explicit-mfa-deny"])).findings).toHaveLength(1);
});

test("of two names that differ in spelling only, the usual one wins", async () => {
  const path = join(temporaryFolder(), "log.json");
  writeFileSync(
    path,
    lines(
      graph.map((each) => ({
        user_principal_name: "eve@contoso.com",
        Extra: 1,
        ...each,
        Status_Error_Code: 1,
      })),
    ),
  );
  const { findings } = await detect([path, "--rule", "explicit-mfa-deny"]);
  expect(findings.map(({ user }) => user)).toEqual(["bob@contoso.com"]);
});
