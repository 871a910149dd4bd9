export const text = "MFA denied; user declined the authentication";
export const at = (minute: number) => `2026-03-11T14:0${minute}:00Z`;

/** Five refusals by one user, as Microsoft Graph writes them. @param person a hexadecimal number of three digits */
export const fiveRefusals = (user: string, person: string) =>
  Array.from({ length: 5 }, (_, minute) => ({
    id: `7a000000-0000-4000-8000-000000${person}00${minute}`,
    createdDateTime: at(minute),
    userPrincipalName: user,
    userId: `00000000-0000-0000-0000-000000000${person}`,
    ipAddress: "198.51.100.4",
    isInteractive: true,
    status: { errorCode: 500121, additionalDetails: text },
  }));

type Refusals = ReturnType<typeof fiveRefusals>;

export const asDiagnostic = (graph: Refusals) =>
  graph.map(({ createdDateTime, ...properties }) => ({
    time: createdDateTime,
    category: "SignInLogs",
    resultType: "500121",
    tenantId: "00000000-0000-0000-0000-0000000000cc",
    properties: { ...properties, createdDateTime },
  }));

export type Fields = Readonly<Record<string, unknown>>;
export const lines = (values: readonly unknown[]) =>
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

export function flat(value: Fields, separator: string, before = ""): Fields {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      typeof member === "object" && member !== null
        ? Object.entries(flat(member as Fields, separator, `${before}${name}${separator}`))
        : [[`${before}${name}`, member]],
    ),
  );
}

const timed = (graph: Refusals, write: (time: string) => unknown) =>
  lines(graph.map((each) => ({ ...each, createdDateTime: write(each.createdDateTime) })));
const stepped = (graph: Refusals, details: (time: string) => unknown) =>
  lines(
    graph.map((each) => ({
      ...each,
      status: { errorCode: 500121 },
      authenticationDetails: details(each.createdDateTime),
    })),
  );

const base64 = (json: string) => Buffer.from(json).toString("base64");

/** The kinds of records that are written as lines of JSON, or as one line. */
export function kindsOfLines(graph: Refusals): Readonly<Record<string, string>> {
  const diagnostic = asDiagnostic(graph);
  return {
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
    "Elastic's names": lines(
      diagnostic.map((each) => ({
        "@timestamp": each.time,
        event: { category: ["authentication"], type: ["info"], outcome: "failure" },
        azure: { signinlogs: respelt(each, snake) },
      })),
    ),
    "an answer of Elastic": JSON.stringify({
      took: 3,
      hits: {
        total: { value: 5 },
        hits: diagnostic.map((_source, n) => ({ _id: `${n}`, _source })),
      },
    }),
    "a table of Splunk": JSON.stringify({
      preview: false,
      fields: ["_time", "_raw"],
      rows: diagnostic.map((each) => [each.time, JSON.stringify(each)]),
    }),
    "events of Splunk": lines(diagnostic.map((event) => ({ time: 1773237600, event }))),
    "records as text within text": lines(
      diagnostic.map((each) => ({
        log: { message: JSON.stringify({ body: JSON.stringify(each) }) },
      })),
    ),
    "records behind a header of syslog": diagnostic
      .map((each) => `<14>1 ${each.time} relay entra - - - ${JSON.stringify(each)}\n`)
      .join(""),
    "records behind a header of syslog, encoded once more": lines(
      diagnostic.map((each) => ({
        message: JSON.stringify(`<14>1 ${each.time} relay entra - - - ${JSON.stringify(each)}`),
      })),
    ),
    "records in base64": lines(diagnostic.map((each) => ({ body: base64(JSON.stringify(each)) }))),
    "records in base64, indented": lines(
      diagnostic.map((each) => ({ data: [base64(JSON.stringify(each, null, 2))] })),
    ),
    "a list of records in base64, within text": lines([
      { message: JSON.stringify({ Body: base64(JSON.stringify(graph)) }) },
    ]),
    "records in base64, with carriage returns": lines([
      { body: base64(JSON.stringify(graph, null, 1).replaceAll("\n", "\r\n")) },
    ]),
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
    "byte order marks between lines": graph
      .map((each) => `\uFEFF${JSON.stringify(each)}\n`)
      .join(""),
    "times of PowerShell": timed(graph, (time) => `/Date(${Date.parse(time)})/`),
    "times of PowerShell as objects": timed(graph, (time) => ({
      value: `/Date(${Date.parse(time)})/`,
      DisplayHint: 2,
      DateTime: "Wednesday, March 11, 2026",
    })),
    "times in seconds": timed(graph, (time) => Date.parse(time) / 1_000),
    "times in milliseconds": timed(graph, (time) => `${Date.parse(time)}`),
    "times of RFC 1123": timed(graph, (time) => new Date(time).toUTCString()),
    "times with the month's name": timed(
      graph,
      (time) => `March 11, 2026 2:${time.slice(14, 19)}\u202FPM`,
    ),
    "times of ISO 8601 in its basic form": timed(graph, (time) => time.replaceAll(/[:-]/g, "")),
    "missing numbers as Python writes them": lines(graph).replaceAll('"id":', '"n":NaN,"id":'),
    "steps in columns of their own": lines(
      graph.map(({ status, createdDateTime, ...each }) => ({
        ...each,
        TimeGenerated: createdDateTime,
        ResultType: status.errorCode,
        authenticationStepResultDetail: text,
        succeeded: false,
      })),
    ),
    "codes as decimals": lines(
      graph.map((each) => ({
        ...each,
        status: { errorCode: "500121.0", additionalDetails: text },
      })),
    ),
    "a status as PowerShell writes it": lines(
      graph.map((each) => ({ ...each, status: `@{AdditionalDetails=${text}; ErrorCode=500121}` })),
    ),
    "a status as Python writes it": lines(
      graph.map((each) => ({
        ...each,
        status: `{'errorCode': 500121, 'additionalDetails': '${text}', 'x': None}`,
      })),
    ),
    "steps as PowerShell writes them": stepped(graph, () => [
      `@{AuthenticationMethod=Mobile app notification; AuthenticationStepResultDetail=${text}; Succeeded=False}`,
    ]),
    "steps of PowerShell, cut off": stepped(
      graph,
      () =>
        `@{AuthenticationMethod=Mobile app notification; Succeeded=False; AuthenticationStepResultDetail=${text}`,
    ),
    "steps as Python writes them": stepped(
      graph,
      (time) =>
        `[{'authenticationStepDateTime': '${time}', 'succeeded': False, 'authenticationStepResultDetail': '${text}'}]`,
    ),
    "steps as texts in a list": stepped(graph, () => [
      JSON.stringify({ authenticationStepResultDetail: text, succeeded: 0 }),
    ]),
  };
}
