/** Names of users that want to be more than names, through queries, storage and incidents. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import approvalsQuery from "../../src/logs/azure/approvals.kql";
import candidatesQuery from "../../src/logs/azure/candidates.kql";
import { renderQuery } from "../../src/logs/azure/renderQuery.ts";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableBackfillJobs } from "../../src/state/table/tableBackfillJobs.ts";
import { TableState } from "../../src/state/table/tableState.ts";
import { drilldowns } from "../../src/detection/incidents/drilldown.ts";
import { assess } from "../../src/detection/decisions/finding.ts";
import { kqlString } from "../../src/detection/incidents/kqlText.ts";
import { presets } from "../../src/detection/rules/presets.ts";
import type { Subject } from "../../src/detection/decisions/record.ts";
import { createAnalyser } from "../../standins/logService/kusto.ts";
import type { SyntaxNode } from "../../standins/logService/syntax.ts";
import { builtInTables } from "../../standins/logService/tables.ts";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { longestText } from "../../src/detection/signin/signIn.ts";
import { time } from "../builders.ts";
import { bundleApp } from "../functions/appUnderTest.ts";
import { refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { extent, timeLimitMs } from "./extent.ts";
import { fuzz } from "./fuzzing.ts";

vi.setConfig({ testTimeout: timeLimitMs });

/** Names that might break a query or a filter. */
const names: readonly string[] = [
  "alice@contoso.com",
  `"`,
  `'`,
  `" or true //`,
  `") | project UserPrincipalName //`,
  `"]) or true or Account in (dynamic(["`,
  `"; drop table SigninLogs; print "`,
  "' or ''='",
  "') or (PartitionKey ne '",
  "x' or RowKey ge '0",
  "\\",
  `\\"`,
  `\\u0022 or true`,
  `\\x22 or true`,
  "\n| take 1",
  "\r\n| union AuditLogs\r\n",
  "\u2028| take 1",
  "\u0085| take 1",
  "// rest",
  "/* rest",
  "```",
  `@"x"`,
  `h"x"`,
  "{{from}}{{users}}",
  "$&$1$`$'$$",
  "“quotes” ‘of’ «typesetters» ＂wide＂ ＇wide＇",
  "a/b#c?d%2F",
  "../../Tables",
  "\u0000\u0001\u001f\u007f",
  "\ud800",
  "\u202e moc.osotnoc@ecila",
  "😀".repeat(50),
  "__proto__",
  "constructor",
];

/** Those that this run takes where each costs a while. */
const someNames = names.filter((_, n) => n % extent(10, 1, 4) === 0);

const hostileCharacters = `"'\\|;()[]{}/*@~\`#$%\n\r\u2028`.split("");

const anyName = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }),
  fc
    .array(fc.constantFrom(...hostileCharacters, "//", "union", "dynamic("), {
      minLength: 1,
    })
    .map((parts) => parts.join("")),
);

const analyser = createAnalyser(builtInTables);
const columns = {
  TimeGenerated: "datetime",
  UserPrincipalName: "string",
  UserId: "string",
} as const;

/** What a query is made of but for what its literals say, as Microsoft's own parser sees it. */
function shapeOf(query: string, analyse = analyser): string {
  const { statements, problems } = analyse(query);
  return JSON.stringify([problems, statements.map(bare)]);
}

function bare({ what, kind, words, name, children }: SyntaxNode): unknown {
  const isText = kind === "StringLiteralExpression" || kind === "StringLiteralToken";
  return [what, kind, isText ? "" : words, name, children.map(bare)];
}

/** What Microsoft's parser takes a literal to say. */
function valueOf(literal: string): string {
  const { Kusto } = globalThis as unknown as {
    Kusto: { Language: { KustoFacts: { GetStringLiteralValue(text: string): string } } };
  };
  return Kusto.Language.KustoFacts.GetStringLiteralValue(literal);
}

describe("a query has the same shape for every user", () => {
  const ask = (users: readonly string[]) =>
    [candidatesQuery, approvalsQuery].map((template) =>
      renderQuery(template, {
        by: "generated",
        range: { from: time("09:00"), to: time("10:00") },
        users,
        shard: null,
      }),
    );
  const plainShapes = ask(["alice"]).map((query) => shapeOf(query));

  test.each(someNames)("%j", (name) => {
    expect(ask([name]).map((query) => shapeOf(query))).toEqual(plainShapes);
  });

  test(
    "any name",
    async () => {
      await fuzz(anyName, extent(2, 1_500, 5), (name) => {
        expect(ask([name]).map((query) => shapeOf(query))).toEqual(plainShapes);
      });
    },
    timeLimitMs,
  );

  test("a name of a megabyte", () => {
    const [query = ""] = ask(['"'.repeat(1_000_000)]);
    const places = candidatesQuery.split("{{users}}").length - 1;
    expect(query.match(/\\u0022/g)).toHaveLength(places * 1_000_000);
    expect(query.replaceAll("\\u0022", "")).toBe(ask([""])[0]);
  });

  test(
    "and its literals say the names, character for character",
    async () => {
      // Loads the parser.
      shapeOf("print 1");
      const same = (name: string) => expect(valueOf(kqlString(name))).toBe(name);
      names.forEach(same);
      await fuzz(anyName, extent(60, 50_000, 200), same);
    },
    timeLimitMs,
  );
});

describe("the queries for analysts have the same shape for every user", () => {
  const tables = { ...builtInTables, AuditLogs: auditColumns(), AADUserRiskEvents: riskColumns() };
  const analyse = createAnalyser(tables);
  const [rule] = presets;
  const queriesOf = (name: string) => {
    if (rule === undefined) {
      throw new Error("no rule");
    }
    const at = time("09:00");
    const denial = { outcome: "denied", at, sightings: [] } as const;
    const facts = {
      ...assess({
        rules: [rule],
        denials: [denial],
        triggeredAt: at,
        approvals: [],
        context: null,
        before: null,
      }),
      atLeast: false,
    };
    return drilldowns({ tenantId: null, user: name }, facts, ["203.0.113.10"]).map(
      ({ query }) => query,
    );
  };
  const plain = queriesOf("alice").map((query) => shapeOf(query, analyse));

  test("of which none is wrong by itself", () => {
    for (const query of queriesOf("alice")) {
      expect(analyse(query).problems).toEqual([]);
    }
  });

  test.each(someNames)("%j", (name) => {
    expect(queriesOf(name).map((query) => shapeOf(query, analyse))).toEqual(plain);
  });

  function auditColumns() {
    return {
      TimeGenerated: "datetime",
      TargetResources: "dynamic",
      InitiatedBy: "dynamic",
      OperationName: "string",
      Result: "string",
    } as const;
  }
  function riskColumns() {
    return {
      ...columns,
      RiskEventType: "string",
      RiskLevel: "string",
      RiskState: "string",
      IpAddress: "string",
    } as const;
  }
});

let app: Awaited<ReturnType<typeof bundleApp>>;
let azure: LocalAzure;
let host: FunctionsHost;
const now = time("09:30");
const setAt = performance.now();
const clock = () => now + performance.now() - setAt;

beforeAll(async () => {
  app = await bundleApp();
  azure = await startLocalAzure({ clock, main: app.main, storageOverHttps: true });
}, 60_000);
afterAll(async () => {
  await azure.stop();
  await app.remove();
});

/** As the app connects, in this process. */
const table = (name: string) =>
  connectTable(
    { connectionString: azure.azurite.connectionString },
    name,
    () => {
      throw new Error("a key is enough");
    },
    { tlsOptions: { ca: azure.certificate.cert } },
  );

describe("in the table", () => {
  const subjectOf = (user: string): Subject => ({
    rule: "explicit-mfa-deny",
    workspaceId: "w",
    tenantId: null,
    user,
  });

  test("each name has a row of its own, and reaches no other", async () => {
    const client = table("Injection");
    const store = new TableState(client, "w");
    for (const user of names) {
      const head = await store.readHead(subjectOf(user), -Infinity);
      expect(head.bursts).toEqual([]);
      expect(await store.write({ head })).not.toBe("conflict");
    }
    for (const user of names) {
      expect((await store.readHead(subjectOf(user), -Infinity)).subject.user).toBe(user);
    }
    const rows = { "2": 0, "5": 0 };
    for await (const { partitionKey, rowKey = "" } of client.listEntities()) {
      expect(`${partitionKey} ${rowKey}`).toMatch(/^[\da-f]{32} [25]\|[\da-f]{32}$/);
      rows[rowKey.startsWith("2") ? "2" : "5"]++;
    }
    // A head each, and a row that says whose the name is.
    expect(rows).toEqual({ "2": names.length, "5": names.length });
  });

  test.each(someNames)(
    "a workspace, and a backfill, that is called %j finds its own rows only",
    async (name) => {
      const client = table("Injection");
      const jobs = new TableBackfillJobs(client);
      expect(await jobs.read(name)).toBe(null);
      expect(await jobs.readPart(name, name)).toBe(null);
      expect(await new TableState(client, name).open()).toEqual({ progress: null, due: [] });
    },
  );
});

describe("from the log to the incident", () => {
  /** As in rows: names are trimmed and in lower case, and a blank name is none. */
  const usable = someNames.filter((name) => Buffer.from(name).toString() === name);
  const huge = `${"x".repeat(1_000_000)}@contoso.com`;

  test(
    "each name is a user of its own, and one that is too long stops nobody",
    async () => {
      const { logs, sentinel } = azure;
      const people = [...usable, huge].map((name, n) => ({ name, id: `id-${n}` }));
      logs.publish(
        localWorkspace.workspaceId,
        "SigninLogs",
        publish(people.flatMap((user) => refusals("09:00", 5, user))),
      );
      host = await azure.startHost({
        MAX_INCIDENTS_PER_RUN: "500",
        INCIDENT_SINKS: "sentinel,logs",
      });
      host.moveClock(clock());
      await host.fireTimer("detect");
      const line = host.logs.find(({ message }) => message.includes('"detection run"'));
      expect(JSON.parse(line?.message ?? "{}")).toMatchObject({
        failed: 0,
        counts: { setAside: { unattributable: 5 } },
      });
      // One query has failed where a name was more than a name.
      expect(logs.requests.map(({ status }) => status)).toEqual(logs.requests.map(() => 200));
      const distinct = new Set(usable.map((name) => name.trim().toLowerCase()));
      expect(sentinel.incidents()).toHaveLength(distinct.size);
      const uploaded = azure.ingestion.uploads.flatMap(({ rows }) => rows);
      expect(new Set(uploaded.map((each) => each["UserPrincipalName"]))).toEqual(distinct);
      for (const query of logs.requests.map((request) => request.query)) {
        expect(query.length).toBeLessThan(usable.length * longestText * 6 + 10_000);
      }
    },
    timeLimitMs,
  );
});
