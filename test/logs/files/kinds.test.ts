import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli, detect, temporaryFolder } from "../../cli/terminal.ts";
import { zip } from "./containers/zipping.ts";

const text = "MFA denied; user declined the authentication";
const ids = Array.from({ length: 5 }, (_, at) => `7a000000-0000-4000-8000-00000000000${at}`);
const userId = "00000000-0000-0000-0000-000000000b0b";
const at = (minute: number) => `2026-03-11T14:0${minute}:00Z`;

/** Five refusals by one user, as Microsoft Graph and as diagnostic settings write them. */
const graph = ids.map((id, minute) => ({
  id,
  createdDateTime: at(minute),
  userPrincipalName: "bob@contoso.com",
  userId,
  ipAddress: "198.51.100.4",
  isInteractive: true,
  status: { errorCode: 500121, additionalDetails: text },
}));
const diagnostic = graph.map(({ createdDateTime, ...properties }) => ({
  time: createdDateTime,
  category: "SignInLogs",
  resultType: "500121",
  tenantId: "00000000-0000-0000-0000-0000000000cc",
  properties: { ...properties, createdDateTime },
}));

type Fields = Readonly<Record<string, unknown>>;
const lines = (values: readonly unknown[]) =>
  values.map((each) => `${JSON.stringify(each)}\n`).join("");

/** The same names in another spelling, at every depth. */
function respelt(value: unknown, spell: (name: string) => string): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [spell(name), respelt(member, spell)]),
  );
}
const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function flat(value: Fields, separator: string, before = ""): Fields {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      typeof member === "object" && member !== null
        ? Object.entries(flat(member as Fields, separator, `${before}${name}${separator}`))
        : [[`${before}${name}`, member]],
    ),
  );
}

function csv(records: readonly Fields[]): string {
  const quote = (cell: unknown) =>
    `"${(typeof cell === "string" ? cell : JSON.stringify(cell)).replaceAll('"', '""')}"`;
  const names = Object.keys(records[0] ?? {});
  return [
    names.join(),
    ...records.map((each) => names.map((name) => quote(each[name])).join()),
  ].join("\n");
}

const timed = (write: (time: string) => unknown) =>
  lines(graph.map((each) => ({ ...each, createdDateTime: write(each.createdDateTime) })));
const stepped = (details: (time: string) => unknown) =>
  lines(
    graph.map((each) => ({
      ...each,
      status: { errorCode: 500121 },
      authenticationDetails: details(each.createdDateTime),
    })),
  );

const files: Readonly<Record<string, string | Buffer>> = {
  "names in Pascal case": lines(graph.map((each) => respelt(each, pascal))),
  "names in snake case": lines(graph.map((each) => respelt(each, snake))),
  "names in lower case": lines(graph.map((each) => respelt(each, (name) => name.toLowerCase()))),
  "names in kebab case": lines(
    graph.map((each) => respelt(each, (name) => snake(name).replaceAll("_", "-"))),
  ),
  "records flattened by dots": lines(diagnostic.map((each) => flat(each, "."))),
  "records flattened by underscores": lines(diagnostic.map((each) => flat(each, "_"))),
  "records flattened by arrows": lines(diagnostic.map((each) => flat(each, "->"))),
  "records flattened by slashes": lines(diagnostic.map((each) => flat(each, "/"))),
  "CSV of flattened records": csv(graph.map((each) => flat(each, "."))),
  "CSV with the status as JSON": csv(graph),
  "Elastic's names": lines(
    diagnostic.map((each) => ({
      "@timestamp": each.time,
      event: { category: ["authentication"], type: ["info"], outcome: "failure" },
      azure: { signinlogs: respelt(each, snake) },
    })),
  ),
  "an answer of Elastic": JSON.stringify({
    took: 3,
    hits: { total: { value: 5 }, hits: diagnostic.map((_source, n) => ({ _id: `${n}`, _source })) },
  }),
  "a table of Splunk": JSON.stringify({
    preview: false,
    fields: ["_time", "_raw"],
    rows: diagnostic.map((each) => [each.time, JSON.stringify(each)]),
  }),
  "CSV of Splunk with a line for each step": csv(
    graph.map(({ status, ...each }) => ({
      ...each,
      "status.errorCode": status.errorCode,
      "properties.authenticationDetails{}.authenticationStepResultDetail": `Password\n${text}`,
      "properties.authenticationDetails{}.succeeded": "true\nfalse",
    })),
  ),
  "events of Splunk": lines(diagnostic.map((event) => ({ time: 1773237600, event }))),
  "CSV of Splunk": csv(
    diagnostic.map((each) => ({ _time: each.time, host: "h", _raw: JSON.stringify(each) })),
  ),
  "records as text within text": lines(
    diagnostic.map((each) => ({
      log: { message: JSON.stringify({ body: JSON.stringify(each) }) },
    })),
  ),
  "records behind a header of syslog": diagnostic
    .map((each) => `<14>1 ${each.time} relay entra - - - ${JSON.stringify(each)}\n`)
    .join(""),
  "records in base64": lines(
    diagnostic.map((each) => ({ body: Buffer.from(JSON.stringify(each)).toString("base64") })),
  ),
  "records under a name that nobody knows": JSON.stringify({ export: { of: { bob: graph } } }),
  "records each under a name of its own": JSON.stringify(Object.fromEntries(graph.entries())),
  "a table of pandas, row by row": JSON.stringify({
    columns: Object.keys(graph[0] ?? {}),
    index: graph.map((_, n) => n),
    data: graph.map((each) => Object.values(each)),
  }),
  "a table of pandas, column by column": JSON.stringify(
    Object.fromEntries(
      Object.keys(graph[0] ?? {}).map((name) => [
        name,
        Object.fromEntries(graph.map((each: Fields, n) => [n, each[name]])),
      ]),
    ),
  ),
  "lists within lists": JSON.stringify([[graph.slice(0, 2)], [[graph.slice(2)]]]),
  "an answer of Defender": JSON.stringify({ Schema: [{ Name: "Id" }], Results: graph }),
  "a table": JSON.stringify({
    columns: Object.keys(graph[0] ?? {}).map((name) => ({ name })),
    rows: graph.map((each) => Object.values(each)),
  }),
  "JSON encoded twice": JSON.stringify(JSON.stringify(graph)),
  "UTF-16 without a mark": Buffer.from(JSON.stringify(graph), "utf16le"),
  "byte order marks between lines": graph.map((each) => `\uFEFF${JSON.stringify(each)}\n`).join(""),
  "times of PowerShell": timed((time) => `/Date(${Date.parse(time)})/`),
  "times of PowerShell as objects": timed((time) => ({
    value: `/Date(${Date.parse(time)})/`,
    DisplayHint: 2,
    DateTime: "Wednesday, March 11, 2026",
  })),
  "times in seconds": timed((time) => Date.parse(time) / 1_000),
  "times in milliseconds": timed((time) => `${Date.parse(time)}`),
  "times of RFC 1123": timed((time) => new Date(time).toUTCString()),
  "times with the month's name": timed((time) => `March 11, 2026 2:${time.slice(14, 19)}\u202FPM`),
  "codes as decimals": lines(
    graph.map((each) => ({ ...each, status: { errorCode: "500121.0", additionalDetails: text } })),
  ),
  "a status as PowerShell writes it": lines(
    graph.map((each) => ({ ...each, status: `@{AdditionalDetails=${text}; ErrorCode=500121}` })),
  ),
  "a status as Python writes it": csv(
    graph.map((each) => ({
      ...each,
      status: `{'errorCode': 500121, 'additionalDetails': '${text}', 'x': None}`,
    })),
  ),
  "steps as PowerShell writes them": stepped(() => [
    `@{AuthenticationMethod=Mobile app notification; AuthenticationStepResultDetail=${text}; Succeeded=False}`,
  ]),
  "steps of PowerShell, cut off": stepped(
    () =>
      `@{AuthenticationMethod=Mobile app notification; Succeeded=False; AuthenticationStepResultDetail=${text}`,
  ),
  "steps as Python writes them": stepped(
    (time) =>
      `[{'authenticationStepDateTime': '${time}', 'succeeded': False, 'authenticationStepResultDetail': '${text}'}]`,
  ),
  "steps as texts in a list": stepped(() => [
    JSON.stringify({ authenticationStepResultDetail: text, succeeded: 0 }),
  ]),
};

describe("five refusals are five, whatever they are written as, by the byte search and row by row", () => {
  test.each(Object.entries(files))("%s", async (_, content) => {
    const path = join(temporaryFolder(), "log.json");
    writeFileSync(path, content);
    for (const more of [[], ["--every-row"]]) {
      const { findings, run } = await detect([path, "--rule", "explicit-mfa-deny", ...more]);
      expect(findings.map(({ user, denials }) => `${user} ${denials}`)).toEqual([
        "bob@contoso.com 5",
      ]);
      expect(run.rows).toBe(5);
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
