import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LogsQueryResultStatus } from "@azure/monitor-query";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeCertificate } from "../../../standins/certificate.ts";
import { startLogService, type LogService } from "../../../standins/logService/startLogService.ts";
import { anyTime, at, clientOf, post, row, rowsOf, smallTables, workspace } from "./asking.ts";

let now = at("12:00:00");
let service: LogService;

beforeEach(async () => {
  now = at("12:00:00");
  service = await startLogService({ tables: smallTables, clock: () => now, maxRows: 100 });
});
afterEach(() => service.stop());

async function ask(query: string, timespan = anyTime) {
  const result = await clientOf(service).queryWorkspace(workspace, query, timespan);
  if (result.status !== LogsQueryResultStatus.Success) {
    throw new Error(result.partialError.message);
  }
  return result.tables[0]!;
}

describe("Azure's own client", () => {
  it("reads every type of column", async () => {
    service.publish(workspace, "SigninLogs", [
      row("09:00:00", {
        UserPrincipalName: "user@contoso.com",
        IsInteractive: true,
        DurationMs: 12,
        Status: { errorCode: 500121 },
        AuthenticationDetails: [{ authenticationMethod: "Mobile app notification" }],
      }),
    ]);
    const table = await ask(
      "SigninLogs | project TimeGenerated, UserPrincipalName, IsInteractive, DurationMs, Status, " +
        "AuthenticationDetails, FlaggedForReview, Type, P = ingestion_time()",
    );
    expect(table.rows).toEqual([
      [
        new Date(at("09:00:00")),
        "user@contoso.com",
        true,
        12,
        { errorCode: 500121 },
        `[{"authenticationMethod":"Mobile app notification"}]`,
        null,
        "SigninLogs",
        new Date(at("09:00:00")),
      ],
    ]);
    expect(table.columnDescriptors[4]).toEqual({ name: "Status", type: "dynamic" });
  });

  it("gets the code and reason of a wrong query", async () => {
    await expect(ask("SigninLogs | where Nope == 1")).rejects.toMatchObject({
      statusCode: 400,
      code: "BadArgumentError",
      details: { error: { innerError: { code: "SemanticError" } } },
    });
    await expect(ask("SigninLogs | count")).rejects.toMatchObject({
      statusCode: 400,
      code: "StandInRefused",
      message: "StandInRefused: operator count is not executed by this stand-in.",
    });
  });

  it("is given a partial result above the limit of rows", async () => {
    service.publish(
      workspace,
      "Prompts",
      Array.from({ length: 101 }, () => row("09:00:00", {})),
    );
    const result = await clientOf(service).queryWorkspace(workspace, "Prompts", anyTime);
    expect(result).toMatchObject({
      status: LogsQueryResultStatus.PartialFailure,
      partialError: { code: "PartialError" },
    });
    expect(service.requests.at(-1)).toMatchObject({ rows: 100, status: 200 });
    await expect(ask("Prompts | take 100")).resolves.toBeDefined();
  });
});

describe("an answer", () => {
  it("has the format of Log Analytics, and says that it is a stand-in", async () => {
    service.publish(workspace, "Prompts", [
      row("09:00:00", { User: "ann", Status: { a: 1 } }),
      row("09:01:00", { Code: 2, Status: "plain" }),
    ]);
    const query = "Prompts | project TimeGenerated, User, Code, Status";
    const { status, headers, body } = await post(service, { query });
    expect(status).toBe(200);
    expect(headers["x-stand-in"]).toMatch(/not Kusto/);
    expect(JSON.parse(body)).toEqual({
      tables: [
        {
          name: "PrimaryResult",
          columns: [
            { name: "TimeGenerated", type: "datetime" },
            { name: "User", type: "string" },
            { name: "Code", type: "long" },
            { name: "Status", type: "dynamic" },
          ],
          rows: [
            ["2026-11-20T09:00:00.0000000Z", "ann", null, `{"a":1}`],
            ["2026-11-20T09:01:00.0000000Z", "", 2, "plain"],
          ],
        },
      ],
    });
    expect(service.requests).toEqual([
      { at: now, workspaceId: workspace, query, rows: 2, bytes: Buffer.byteLength(body), status },
    ]);
  });

  it("is 401 without a token, and 403 for one of another audience", async () => {
    expect(await post(service, { query: "print 1" }, {})).toMatchObject({
      status: 401,
      body: expect.stringContaining(`"code":"AuthenticationFailed"`),
    });
    const choosy = await startLogService({ accepts: (token) => token === "for-logs" });
    const headers = (token: string) => ({ authorization: `Bearer ${token}` });
    expect((await post(choosy, { query: "print 1" }, headers("for-mail"))).status).toBe(403);
    expect((await post(choosy, { query: "print 1" }, headers("for-logs"))).status).toBe(204);
    await choosy.stop();
  });

  it("is 404 for another path, and 400 for a body that is not a query", async () => {
    expect((await post(service, { query: "print 1" }, undefined, "/v1/metadata")).status).toBe(404);
    expect((await post(service, "no json")).status).toBe(400);
    expect((await post(service, { timespan: "P1D" })).status).toBe(400);
    expect((await post(service, { query: "print 1", timespan: "a week" })).status).toBe(400);
  });
});

describe("the two-minute cache", () => {
  const query = "Prompts | project Code";
  const token = { authorization: "Bearer a-token" };
  const rowsIn = ({ body }: { readonly body: string }) =>
    (JSON.parse(body) as { tables: [{ rows: unknown[] }] }).tables[0].rows;

  it("repeats an answer, and says how old it is, to whoever does not say no-cache", async () => {
    service.publish(workspace, "Prompts", [row("09:00:00", { Code: 1 })]);
    const first = await post(service, { query });
    expect(first.headers["age"]).toBeUndefined();
    service.publish(workspace, "Prompts", [row("09:00:00", { Code: 2 })]);
    now += 119_999;
    const second = await post(service, { query });
    expect([rowsIn(second), second.headers["age"]]).toEqual([[[1]], "119"]);
    const fresh = await post(service, { query }, { ...token, "cache-control": "no-cache" });
    expect([rowsIn(fresh), fresh.headers["age"]]).toEqual([[[1], [2]], undefined]);
  });

  it("ends after two minutes, and is of one question", async () => {
    service.publish(workspace, "Prompts", [row("09:00:00", { Code: 1 })]);
    await post(service, { query });
    service.publish(workspace, "Prompts", [row("09:00:00", { Code: 2 })]);
    expect(rowsIn(await post(service, { query: `${query} | take 9` }))).toHaveLength(2);
    now += 120_000;
    expect(rowsIn(await post(service, { query }))).toHaveLength(2);
  });
});

describe("a workspace", () => {
  it("without any row answers 204 and the time; with one in any table, 200", async () => {
    const query = "Prompts | project Code";
    const nothing = await post(service, { query });
    expect([nothing.status, nothing.body]).toEqual([204, ""]);
    expect(Date.parse(nothing.headers.date ?? "")).toBe(now);
    service.publish(workspace, "Reports", [row("09:00:00", {})]);
    expect((await post(service, { query })).status).toBe(200);
  });

  it("that lacks a table, or has it on the Basic plan, says so in the innermost error", async () => {
    const innermost = async () => {
      const { body } = await post(service, { query: "Prompts | project Code" });
      const { error } = JSON.parse(body) as { error: { innererror: Record<string, unknown> } };
      return (error.innererror["innererror"] ?? error.innererror) as { code: string };
    };
    service.disconnect(workspace, "Prompts");
    expect(await innermost()).toEqual({
      code: "SEM0100",
      message: "'where' operator: Failed to resolve table or column expression named 'Prompts'",
    });
    service.makeBasic("Prompts");
    expect((await innermost()).code).toBe("UnsupportedApiQueryValidationError");
  });
});

describe("a row", () => {
  const codes = async (timespan = anyTime) =>
    (await ask("Prompts | project Code", timespan)).rows
      .flat()
      .map(Number)
      .toSorted((a, b) => a - b);

  it("becomes visible when its publication is reached", async () => {
    service.publish(workspace, "Reports", [row("09:00:00", {})]);
    service.publish(workspace, "Prompts", [row("09:00:00", { Code: 1 }, "12:00:01")]);
    expect(await codes()).toEqual([]);
    now += 999;
    expect(await codes()).toEqual([]);
    now += 1;
    expect(await codes()).toEqual([1]);
  });

  it("can be added at any time, in any order", async () => {
    service.publish(workspace, "Prompts", [row("09:00:00", { Code: 3 }, "11:00:00")]);
    expect(await codes()).toEqual([3]);
    service.publish(workspace, "Prompts", [
      row("09:00:00", { Code: 2 }, "10:00:00"),
      row("09:00:00", { Code: 4 }, "13:00:00"),
    ]);
    expect(await codes()).toEqual([2, 3]);
  });

  it("is seen in its own workspace, and in others that the request names", async () => {
    service.publish("other", "Prompts", [row("09:00:00", { Code: 1 })]);
    service.publish(workspace, "Prompts", [row("09:00:00", { Code: 2 })]);
    expect(await codes()).toEqual([2]);
    const query = "Prompts | where ingestion_time() > datetime(2026-11-20) | project Code";
    const both = await post(service, { query, workspaces: ["other"] });
    expect(JSON.parse(both.body)).toMatchObject({ tables: [{ rows: [[2], [1]] }] });
  });

  it("lies inside the timespan of the request by its TimeGenerated", async () => {
    service.publish(workspace, "Prompts", [
      row("09:00:00", { Code: 9 }, "11:30:00"),
      row("10:00:00", { Code: 10 }, "11:30:00"),
      row("11:00:00", { Code: 11 }, "11:30:00"),
    ]);
    const [startTime, endTime] = [new Date(at("09:30:00")), new Date(at("10:30:00"))];
    expect(await codes({ startTime, endTime })).toEqual([10]);
    expect(await codes({ startTime, duration: "PT30M" })).toEqual([10]);
    expect(await codes({ duration: "PT1H30M", endTime })).toEqual([9, 10]);
    expect(await codes({ duration: "PT1H" })).toEqual([11]);
    const where = "Prompts | where Code > 9 | where ingestion_time() > datetime(2026-11-20)";
    expect((await ask(`${where} | project Code`, { startTime, endTime })).rows).toEqual([[10]]);
    expect((await ask("Prompts", { startTime, endTime })).rows).toHaveLength(1);
  });

  it("without TimeGenerated gets the time of publication, and loses what the table has no column for", async () => {
    service.publish(workspace, "Prompts", [{ publishedAt: at("11:00:00"), row: { Nope: 1 } }]);
    expect((await ask("Prompts | project TimeGenerated")).rows).toEqual([
      [new Date(at("11:00:00"))],
    ]);
  });

  it("may give a time as epoch or Date, and a dynamic value as the text of JSON", () => {
    const fields = [
      { TimeGenerated: at("09:00:00"), Status: `{"a":[1]}` },
      { TimeGenerated: new Date(at("09:00:00")), Status: "{no json", Fresh: "TRUE", Code: "7" },
    ];
    const given = { Prompts: fields.map((each) => row("09:00:00", each)) };
    const query = "Prompts | project TimeGenerated, Status, Fresh, Code";
    expect(rowsOf(query, given).rows).toEqual([
      ["2026-11-20T09:00:00.0000000Z", { a: [1] }, null, null],
      ["2026-11-20T09:00:00.0000000Z", "{no json", true, 7],
    ]);
  });

  it("is the caller's error if the column cannot have it", () => {
    const publish = (table: string, fields: object) => () =>
      service.publish(workspace, table, [row("09:00:00", { ...fields })]);
    expect(publish("Prompts", { Code: "five" })).toThrow(`Prompts.Code is long: "five"`);
    expect(publish("Prompts", { TimeGenerated: "2026-02-30" })).toThrow("is datetime");
    expect(publish("Nope", {})).toThrow("The stand-in has no table Nope.");
  });
});

describe("the certificate", () => {
  it("is for 127.0.0.1 and localhost, signed by itself, and new each time", () => {
    const [one, other] = [makeCertificate(), makeCertificate()];
    const certificate = new X509Certificate(one.cert);
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkHost("contoso.com")).toBeUndefined();
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(new X509Certificate(other.cert).verify(certificate.publicKey)).toBe(false);
    expect(one.key).not.toBe(other.key);
  });

  it("is trusted by a child process that finds it in NODE_EXTRA_CA_CERTS", async () => {
    const folder = await mkdtemp(join(tmpdir(), "certificate-"));
    const file = join(folder, "ca.pem");
    await writeFile(file, service.certificate, { mode: 0o600 });
    const program = `fetch("${service.endpoint}/v1").then((r) => console.log(r.status))`;
    const run = promisify(execFile)(process.execPath, ["-e", program], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: file },
    });
    expect((await run).stdout.trim()).toBe("404");
    await rm(folder, { recursive: true });
  });

  it("is not trusted by default", async () => {
    const distrusting = clientOf(service, 0, { tlsOptions: {} });
    await expect(distrusting.queryWorkspace(workspace, "print 1", anyTime)).rejects.toThrow(
      /self.signed/,
    );
  });
});
