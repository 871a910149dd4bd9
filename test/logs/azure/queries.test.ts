import { readdirSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import approvalsQuery from "../../../src/logs/azure/approvals.kql";
import candidatesQuery from "../../../src/logs/azure/candidates.kql";
import {
  approvalColumns,
  candidateColumns,
  type Columns,
} from "../../../src/logs/azure/columns.ts";
import { logAnalytics } from "../../../src/logs/azure/logAnalytics.ts";
import { renderQuery } from "../../../src/logs/azure/renderQuery.ts";
import { isCandidate } from "../../../src/detection/signin/candidate.ts";
import { classify } from "../../../src/detection/signin/classify.ts";
import type { Fields } from "../../../src/detection/signin/fields.ts";
import { readSignIn } from "../../../src/detection/signin/signIn.ts";
import { analyse } from "../../../standins/logService/analyse.ts";
import { datetimeOf } from "../../../standins/logService/datetime.ts";
import { createAnalyser } from "../../../standins/logService/kusto.ts";
import { runQuery } from "../../../standins/logService/runQuery.ts";
import { signInLogs } from "../../../standins/logService/schema/signInLogs.ts";
import { startLogService, type LogService } from "../../../standins/logService/startLogService.ts";
import { createStore } from "../../../standins/logService/store.ts";
import { builtInTables } from "../../../standins/logService/tables.ts";
import type { LogQuery } from "../../../src/run/ports.ts";
import {
  alice,
  approved,
  bob,
  denialRow,
  row,
  time,
  workspaceId,
  type Row,
} from "../../builders.ts";
import { rowsOf as tenantRows, smallTenant } from "../../tenant/tenants.ts";
import { rowsArbitrary } from "../../laws/arbitraries.ts";
import { law } from "../../laws/runs.ts";
import { certificate, connection, credential, never } from "../../azure/wire.ts";
import { cases, listed } from "../../cases.ts";

const hour = 3_600_000;
const day = 24 * hour;
const published = time("12:00:00");

/** Everything that was ever published. */
const query: LogQuery = {
  by: "ingested",
  range: { from: published - hour, to: published + hour },
  users: null,
  shard: null,
};

interface Shipped {
  readonly template: string;
  readonly columns: Columns;
}

const shipped: Readonly<Record<string, Shipped>> = {
  "approvals.kql": { template: approvalsQuery, columns: approvalColumns },
  "candidates.kql": { template: candidatesQuery, columns: candidateColumns },
};

const analyser = createAnalyser(builtInTables);

/** What the stand-in selects of these rows. */
function select(
  template: string,
  rows: readonly Row[],
  asked: LogQuery = query,
): readonly Fields[] {
  const store = createStore(builtInTables);
  store.add(
    workspaceId,
    "SigninLogs",
    rows.map((each) => ({ publishedAt: published, row: each })),
  );
  const question = {
    query: renderQuery(template, asked),
    workspaceIds: [workspaceId],
    timespan: undefined,
    now: datetimeOf(published + day),
  };
  const { columns, rows: found } = runQuery(question, analyser, store);
  return (
    found
      .map(({ values }) => Object.fromEntries(columns.map(({ name }, n) => [name, values[n]])))
      // What the query says of the log as a whole stands on rows of its own.
      .filter(({ ServedAt, SeenRows = null }) => ServedAt === null && SeenRows === null)
  );
}

/** A row as the table can hold it: the columns that there are, of values that they take, all of one day. */
function storable(given: Row): Row {
  const fields = Object.entries(given).filter(([name, value]) => {
    const type = (signInLogs as Readonly<Record<string, string>>)[name];
    return type !== undefined && !(type === "bool" && value === "");
  });
  return {
    ...Object.fromEntries(fields),
    TimeGenerated: new Date(published).toISOString(),
    // In this table these are always so.
    Category: "SignInLogs",
    Type: "SigninLogs",
  };
}

function accountOf(given: Row): string | null {
  return readSignIn(given).account?.user ?? null;
}

describe.each(Object.entries(shipped))("%s", (_, { template, columns }) => {
  const range = { from: time("09:00:00"), to: time("10:00:00") };
  const asked: readonly LogQuery[] = (["ingested", "generated"] as const).flatMap((by) =>
    [
      null,
      [],
      [alice.name],
      Array.from({ length: 200 }, (__, n) => `user${n}@contoso.com`),
    ].flatMap((users) =>
      [null, { index: 3, count: 8 }].map((shard) => ({ by, range, users, shard })),
    ),
  );

  test("is right by the analyser and the real schema, however it is asked", () => {
    for (const each of asked) {
      expect(analyser(renderQuery(template, each)).problems).toEqual([]);
    }
  });

  test("answers the columns that are read, of the types that they are read as", () => {
    const { columns: found, diagnostics } = analyse(renderQuery(template, query));
    expect(diagnostics).toEqual([]);
    expect(Object.fromEntries(found.map(({ name, type }) => [name, type]))).toEqual(columns);
    expect(found).toHaveLength(Object.keys(columns).length);
  });

  test("would be found wrong if a column were misspelt", () => {
    const wrong = renderQuery(template.replace("UserId,", "UserIdd,"), query);
    expect(analyse(wrong).diagnostics).toEqual([expect.stringContaining("UserIdd")]);
  });

  test("has no unfilled placeholder", () => {
    expect(renderQuery(template, query)).not.toContain("{{");
    expect(() => renderQuery(`${template} {{nothing}}`, query)).toThrow(
      "nothing fills the query's placeholder {{nothing}}",
    );
  });
});

test("these are all queries that ship", () => {
  const files = readdirSync(new URL("../../../src/logs/azure/", import.meta.url));
  expect(files.filter((name) => name.endsWith(".kql")).toSorted()).toEqual([
    ...Object.keys(shipped),
    "watchlist.kql",
  ]);
});

describe("the query for candidates", () => {
  const isSelected = (each: Row) => select(candidatesQuery, [each]).length === 1;

  test("never selects less than what is a candidate", async () => {
    await law(
      fc.asyncProperty(rowsArbitrary(), (rows) => {
        const wanted = rows.map(storable).filter((each) => isCandidate(readSignIn(each)));
        expect(wanted.filter((each) => !isSelected(each))).toEqual([]);
        return Promise.resolve();
      }),
      60,
    );
  });

  test.each<[string, Row]>([
    ["a refusal in a step", denialRow("09:00:00", { resultType: "0" })],
    [
      "a refusal in the status",
      row({
        at: "09:00:00",
        resultType: "0",
        status: "MFA denied; user declined the authentication",
      }),
    ],
    ["500121 without a text", row({ at: "09:00:00" })],
    [
      "500121 in the status alone",
      row({ at: "09:00:00", fields: { ResultType: "", Status: { errorCode: 500121 } } }),
    ],
    [
      "500121 among blanks",
      row({ at: "09:00:00", resultType: " 500121 ", fields: { Status: {} } }),
    ],
    [
      "a fraud report",
      row({ at: "09:00:00", resultType: "50140", status: "MFA denied; fraud code entered" }),
    ],
    [
      "a suspicious activity report",
      row({ at: "09:00:00", resultType: "0", status: "SuspiciousActivityReported" }),
    ],
    [
      "letters that JSON writes as numbers",
      row({
        at: "09:00:00",
        resultType: "0",
        fields: {
          AuthenticationDetails: String.raw`[{"authenticationStepResultDetail":"MFA \u0064enied; \u0075ser \u0064\u0065\u0063\u006c\u0069\u006e\u0065\u0064 the authentication"}]`,
        },
      }),
    ],
    [
      "text inside text",
      row({
        at: "09:00:00",
        resultType: "0",
        fields: {
          AuthenticationDetails: JSON.stringify(
            JSON.stringify([
              { authenticationStepResultDetail: "MFA denied; user declined the authentication" },
            ]),
          ),
        },
      }),
    ],
    ...[
      "Fraud code entered",
      "Phone App Reported Fraud",
      "User did not select the correct number",
      "Duplicate authentication attempt",
      "User denied the authentication",
    ].map((status): [string, Row] => [status, row({ at: "09:00:00", resultType: "0", status })]),
  ])("selects %s", (_, each) => {
    expect(isCandidate(readSignIn(storable(each)))).toBe(true);
    expect(isSelected(storable(each))).toBe(true);
  });

  test.each<[string, Row]>([
    ["a sign-in without a prompt", row({ at: "09:00:00", resultType: "0" })],
    ["an approval", row({ at: "09:00:00", resultType: "0", steps: [approved("09:00:00")] })],
    ["a wrong password", row({ at: "09:00:00", resultType: "50126" })],
    [
      "a number that holds another",
      row({ at: "09:00:00", resultType: "0", steps: [approved(1_750_012_100_000)] }),
    ],
  ])("does not select %s", (_, each) => {
    expect(isSelected(storable(each))).toBe(false);
  });

  test("selects a small part of a tenant's day, and everything in it that matters", () => {
    const rows = tenantRows(smallTenant()).map(storable);
    const chosen = select(candidatesQuery, rows);
    const candidates = rows.filter((each) => isCandidate(readSignIn(each)));
    const ids = new Set(chosen.map(({ Id }) => Id));
    expect(candidates.filter(({ Id }) => !ids.has(Id))).toEqual([]);
    expect(chosen.length).toBeLessThan(rows.length / 4);
  });
});

describe("the query for approvals", () => {
  const isSelected = (each: Row) => select(approvalsQuery, [each]).length === 1;

  test("never selects fewer rows than those with an approval", async () => {
    await law(
      fc.asyncProperty(rowsArbitrary(), (rows) => {
        const wanted = rows.map(storable).filter((each) => classify(each).approvals.length > 0);
        expect(wanted.filter((each) => !isSelected(each))).toEqual([]);
        return Promise.resolve();
      }),
      60,
    );
  });

  const approval = (fields: Row) =>
    row({ at: "09:00:00", resultType: "0", steps: [approved("09:00:00")], fields });

  test.each<[string, Row]>([
    ["a fresh approval", approval({})],
    ["one after an interrupt", approval({ ResultType: "50140" })],
    [
      "one whose result stands in the status alone",
      approval({ ResultType: " ", Status: { errorCode: 0 } }),
    ],
    ["one among blanks", approval({ ResultType: " 0 " })],
    [
      "one of the status",
      approval({
        AuthenticationDetails: "[]",
        Status: { errorCode: 0, additionalDetails: "MFA completed in Azure AD" },
      }),
    ],
  ])("selects %s", (_, each) => {
    expect(classify(storable(each)).approvals).toHaveLength(1);
    expect(isSelected(storable(each))).toBe(true);
  });

  test.each<[string, Row]>([
    ["a failed sign-in", approval({ ResultType: "500121" })],
    [
      "a claim in the token",
      approval({
        AuthenticationDetails: "[]",
        Status: { additionalDetails: "MFA requirement satisfied by claim in the token" },
      }),
    ],
  ])("does not select %s", (_, each) => {
    expect(isSelected(storable(each))).toBe(false);
  });
});

describe.each(Object.entries(shipped))("whom %s asks for", (_, { template }) => {
  /** A refusal and an approval at once, so that both queries want it. */
  const rowOf = (fields: Row) =>
    storable(
      row({
        at: "09:00:00",
        resultType: "0",
        status: "MFA denied; user declined the authentication",
        steps: [approved("09:00:00")],
        fields,
      }),
    );
  const byName: readonly Row[] = [
    { UserPrincipalName: alice.name },
    { UserPrincipalName: "ALICE@Contoso.com" },
    { UserPrincipalName: `  ${alice.name}\t` },
    { UserPrincipalName: `\u00a0\u2003\ufeff${alice.name}\u3000\r\n` },
  ];
  const byId: readonly Row[] = [
    { UserId: alice.id },
    { UserId: alice.id.toUpperCase() },
    { UserId: ` \u00a0${alice.id}\u3000\r\n` },
  ];
  const noId = { UserId: "00000000-0000-0000-0000-000000000000" };
  const nameless = { UserPrincipalName: " \u00a0 " };
  const spellings: readonly Row[] = byName.flatMap((name) =>
    byId.map((id) => ({ ...name, ...id })),
  );
  /** What is asked for, whose the rows are, and the rows. */
  const asked: readonly (readonly [string, string, readonly Row[]])[] = [
    [alice.name, alice.id, spellings],
    [alice.id, alice.id, spellings],
    [
      alice.name,
      alice.name,
      byName.flatMap((each) => [noId, { UserId: "" }].map((id) => ({ ...each, ...id }))),
    ],
    [alice.id, alice.id, byId.map((each) => ({ ...nameless, ...each }))],
    // A name that is an id is the id.
    [alice.id, alice.id, byId.map(({ UserId }) => ({ UserPrincipalName: UserId, UserId: "" }))],
  ];

  test.each(
    asked.flatMap(([user, account, rows]) =>
      rows.map((fields) => [user, JSON.stringify(fields), account, fields] as const),
    ),
  )("finds %s however the row writes it: %s", (user, __, account, fields) => {
    const stranger = { UserPrincipalName: bob.name, UserId: bob.id };
    const rows = [rowOf(fields), rowOf(stranger), rowOf({ ...stranger, ...noId })];
    expect(accountOf(rows[0]!)).toBe(account);
    const found = select(template, rows, { ...query, users: [user] });
    expect(found).toMatchObject([fields]);
  });

  test("is nobody where nobody is named", () => {
    expect(select(template, spellings.map(rowOf), { ...query, users: [] })).toEqual([]);
  });

  test("is found whole by any set of users, whatever they are called", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: "binary", maxLength: 40 }), {
          minLength: 2,
          maxLength: 8,
        }),
        fc.nat(),
        (names, choice) => {
          const rows = names.map((name) => rowOf({ UserPrincipalName: name, UserId: "somebody" }));
          // Blank and masked names are nobody's, and nobody asks for them.
          const accounts = rows.map(accountOf).filter((each) => each !== null);
          fc.pre(accounts.length > 0);
          const wanted = accounts[choice % accounts.length]!;
          const found = select(template, rows, { ...query, users: [wanted] });
          expect(found).toHaveLength(rows.filter((each) => accountOf(each) === wanted).length);
        },
      ),
      { seed: 20_260_310, numRuns: cases(60) },
    );
  });

  test.each(listed([2, 8, 1, 32], 2))("is everybody exactly once, in %d parts", (count) => {
    const names = Array.from({ length: 60 }, (__, n) => `user${n}@contoso.com`);
    const rows = names.map((name) => rowOf({ UserPrincipalName: name, Id: name }));
    const parts = Array.from({ length: count }, (__, index) =>
      select(template, rows, { ...query, shard: { index, count } }).map(({ Id }) => String(Id)),
    );
    expect(parts.flat().toSorted()).toEqual(names.toSorted());
    if (count > 1) {
      expect(parts.filter((part) => part.length > 0).length).toBeGreaterThan(1);
    }
  });

  const partsOf = (fields: Row) =>
    [0, 1, 2, 3].filter(
      (index) => select(template, [rowOf(fields)], { ...query, shard: { index, count: 4 } }).length,
    );

  test("falls into the same part however the row writes name and id", () => {
    const parts = spellings.map(partsOf);
    expect(new Set(parts.map(String)).size).toBe(1);
    expect(parts[0]).toHaveLength(1);
  });

  // The parts are put together before anybody asks whose the rows are.
  test("falls into one part, whatever the row says of the account", () => {
    const parts = asked.flatMap(([, , rows]) => rows.map(partsOf));
    expect(parts.map((each) => each.length)).toEqual(parts.map(() => 1));
  });
});

describe.each(Object.entries(shipped))(
  "a name that wants to be a part of %s",
  (_, { template }) => {
    const hostile = [
      `"); drop table SigninLogs //`,
      `"]) or true or Account in (dynamic(["`,
      `' or 1 == 1 //`,
      "\\",
      `\\"`,
      "\n| take 1",
      "\r\n// \u2028\u2029\u0085",
      "```",
      "{{from}}",
      "$&$1$`$'",
      '@"x',
      "\u0000\u0007",
      "😀\ud83d",
      "İıſK@contoso.com",
      "x".repeat(1_000),
    ];

    test.each(hostile)("stays one: %j", (name) => {
      const asked = { ...query, users: [name, alice.name] };
      expect(analyser(renderQuery(template, asked)).problems).toEqual([]);
      const users = { UserId: "somebody" };
      const rowOf = (user: string) =>
        storable(
          row({
            at: "09:00:00",
            resultType: "0",
            status: "MFA denied; user declined the authentication",
            steps: [approved("09:00:00")],
            user: { name: user, id: "somebody" },
            fields: users,
          }),
        );
      const found = select(template, [rowOf(bob.name), rowOf(alice.name)], asked);
      expect(found).toMatchObject([{ UserPrincipalName: alice.name }]);
    });
  },
);

describe("through the wire", () => {
  let service: LogService;
  const rows = fc.sample(rowsArbitrary(), { seed: 7, numRuns: 40 }).flat().map(storable);
  beforeAll(async () => {
    service = await startLogService({ clock: () => published + day, certificate });
    service.publish(
      workspaceId,
      "SigninLogs",
      rows.map((each) => ({ publishedAt: published, row: each })),
    );
  });
  afterAll(() => service.stop());

  const source = () =>
    logAnalytics({
      endpoint: service.endpoint,
      audience: "https://api.loganalytics.io",
      credential: credential(),
      connection,
    })(workspaceId);
  const inOrder = (of: readonly unknown[]) => of.map((each) => JSON.stringify(each)).toSorted();

  test("candidates read as they do at home", async () => {
    const answer = await source().candidates(query, never);
    const found = answer.kind === "whole" ? answer.rows : [];
    const told = (of: readonly Fields[]) =>
      inOrder(
        of
          .map((each) => ({ ...classify(each), approvals: [] }))
          .filter((each) => !(each.kind === "setAside" && each.reason === "notCandidate")),
      );
    expect(told(rows).length).toBeGreaterThan(100);
    expect(told(found)).toEqual(told(rows));
  });

  test("approvals read as they do at home", async () => {
    const answer = await source().approvals(query, never);
    const found = answer.kind === "whole" ? answer.rows : [];
    const told = (of: readonly Fields[]) =>
      inOrder(
        of
          .map((each) => classify(each))
          .filter(({ approvals }) => approvals.length > 0)
          .map(({ account, approvals }) => ({ account, approvals })),
      );
    expect(told(rows).length).toBeGreaterThan(20);
    expect(told(found)).toEqual(told(rows));
  });
});

describe("the time that is asked for", () => {
  const range = { from: time("09:00:00"), to: time("09:00:01") };
  const publish = (publishedAt: number, generated: number) => {
    const store = createStore(builtInTables);
    const each = { ...denialRow("09:00:00"), TimeGenerated: new Date(generated).toISOString() };
    store.add(workspaceId, "SigninLogs", [{ publishedAt, row: each }]);
    return (by: LogQuery["by"]) => {
      const question = {
        query: renderQuery(candidatesQuery, { ...query, by, range }),
        workspaceIds: [workspaceId],
        timespan: undefined,
        now: datetimeOf(published + 10 * day),
      };
      // Two rows are of the query itself.
      return runQuery(question, analyser, store).rows.length - 2;
    };
  };

  test.each([
    ["at its beginning", range.from, 1],
    ["just before", range.from - 1, 0],
    ["in its last millisecond", range.to - 1, 1],
    ["at its end", range.to, 0],
  ])("begins, and ends before its end: %s", (_, at, expected) => {
    expect(publish(at, range.from)("ingested")).toBe(expected);
    expect(publish(at + 5 * day, at)("generated")).toBe(expected);
  });

  test("finds what was published two days late, and what came from a clock ahead", () => {
    expect(publish(range.from, range.from - 2 * day)("ingested")).toBe(1);
    expect(publish(range.from, range.from + hour)("ingested")).toBe(1);
  });
});
