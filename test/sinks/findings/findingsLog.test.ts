import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findingColumns } from "../../../src/sinks/findings/findingRow.ts";
import type { Incident } from "../../../src/run/ports.ts";
import { clouds } from "../../../src/settings/clouds.ts";
import { time } from "../../builders.ts";
import { id, incident } from "../../run/incidents.ts";
import { startFindingsTable, stream, type FindingsBench } from "./findingsTable.ts";
import { failureOf, quick, secrets } from "../../azure/wire.ts";

let bench: FindingsBench;
beforeEach(async () => {
  bench = await startFindingsTable(time("10:00"));
});
afterEach(() => bench.stop());

const rows = () => bench.query("MfaDenyFindings_CL");
const statuses = () => bench.ingestion.uploads.map(({ status }) => status);

/** With what a finding can hold at most. */
function whole(revision: number): Incident {
  const plain = incident(revision);
  const { facts, subject } = plain.summary;
  return incident(revision, {
    summary: {
      ...plain.summary,
      subject: { ...subject, tenantId: "00000000-0000-0000-0000-0000000000cc" },
      reason: "approved-after",
      severitySince: revision,
      facts: {
        ...facts,
        severity: "High",
        fraudReports: 1,
        approval: { at: time("09:30"), match: "same-address" },
      },
      evidence: {
        userId: "00000000-0000-0000-0000-00000000a11c",
        guest: true,
        ipAddresses: ["203.0.113.10", "203.0.113.11"],
        applications: ["Azure Portal"],
        userAgents: ["Mozilla/5.0"],
        locations: ["Berlin, DE"],
      },
    },
  });
}

describe("a finding", () => {
  test("says in which workspace it was found, where it is known", async () => {
    const workspace = { workspaceId: "00000000-0000-0000-0000-0000000000aa", name: "east" };
    await bench.sink({ workspace }).deliver(incident(1));
    await bench.sink({ workspace }).noteMerge(id, "keeper");
    expect(rows()).toMatchObject([
      { WorkspaceId: workspace.workspaceId, WorkspaceName: "east", Change: "opened" },
      { WorkspaceId: workspace.workspaceId, WorkspaceName: "east", Change: "merged" },
    ]);
  });

  test("is one row with a value in every column that it has one for", async () => {
    await bench.sink().deliver(whole(1));
    expect(rows()).toMatchObject([
      {
        TimeGenerated: "2026-03-10T10:00:00.0000000Z",
        FindingId: id,
        Revision: 1,
        Change: "opened",
        Reason: "approved-after",
        RuleId: "explicit-mfa-deny",
        RuleName: "Explicit MFA Deny Detection",
        Severity: "High",
        Title: "MFA push attack on alice@contoso.com",
        Description: "alice@contoso.com refused 5 prompts.\nNone was approved.\n\nMore of it.",
        UserPrincipalName: "alice@contoso.com",
        AccountName: "alice",
        AccountUPNSuffix: "contoso.com",
        AadUserId: "00000000-0000-0000-0000-00000000a11c",
        AadTenantId: "00000000-0000-0000-0000-0000000000cc",
        Guest: true,
        Denials: 5,
        AtLeast: false,
        FraudReports: 1,
        FirstDenialAt: "2026-03-10T09:00:00.0000000Z",
        TriggeredAt: "2026-03-10T09:00:00.0000000Z",
        LastDenialAt: "2026-03-10T09:00:00.0000000Z",
        ApprovedAt: "2026-03-10T09:30:00.0000000Z",
        ApprovalMatch: "same-address",
        IPAddress: "203.0.113.10",
        IPAddresses: ["203.0.113.10", "203.0.113.11"],
        Application: "Azure Portal",
        Applications: ["Azure Portal"],
        UserAgents: ["Mozilla/5.0"],
        Locations: ["Berlin, DE"],
        Techniques: ["T1621"],
        MergedInto: "",
        WorkspaceId: "",
        WorkspaceName: "",
      },
    ]);
    expect(Object.keys(rows()[0] ?? {})).toEqual(Object.keys(findingColumns));
  });

  test.each([
    ["opened where the sink never got it", 0, 1, "opened"],
    ["raised where its severity rose since the sink got it", 1, 3, "raised"],
    ["raised at once", 2, 3, "raised"],
    ["changed where its severity is the one that the sink knows", 3, 3, "changed"],
  ])("is %s", async (_, sentRevision, severitySince, change) => {
    const plain = incident(4, { sentRevision });
    await bench.sink().deliver({ ...plain, summary: { ...plain.summary, severitySince } });
    expect(rows()).toMatchObject([{ Change: change, Revision: 4 }]);
  });

  test("of an account without a principal name has no name but its object id", async () => {
    const user = "00000000-0000-0000-0000-00000000a11c";
    const plain = whole(1);
    const { summary } = plain;
    await bench
      .sink()
      .deliver({ ...plain, summary: { ...summary, subject: { ...summary.subject, user } } });
    expect(rows()).toMatchObject([
      { UserPrincipalName: user, AccountName: "", AccountUPNSuffix: "", AadUserId: user },
    ]);
  });

  test("of a name without suffix keeps the name", async () => {
    const plain = incident(1);
    const { summary } = plain;
    const subject = { ...summary.subject, user: "alice" };
    await bench.sink().deliver({ ...plain, summary: { ...summary, subject } });
    expect(rows()).toMatchObject([{ AccountName: "alice", AccountUPNSuffix: "", AadUserId: "" }]);
  });

  test("that turned out to be part of another says so", async () => {
    await bench.sink().noteMerge(id, "the-keeper");
    expect(rows()).toMatchObject([{ FindingId: id, Change: "merged", MergedInto: "the-keeper" }]);
  });
});

describe("an upload", () => {
  test("is one request with a token for the audience of the cloud, packed", async () => {
    await bench.sink().deliver(incident(1));
    expect(bench.ingestion.uploads).toMatchObject([{ stream, status: 204 }]);
    expect(bench.identity.scopes.flat()).toEqual(["https://monitor.azure.com/.default"]);
    const gov = bench.sink({ audience: clouds.usgov.logsIngestion.audience });
    expect((await failureOf(gov.deliver(incident(1)))).message).toBe(
      "Logs Ingestion: 401 InvalidAuthenticationTokenAudience: the token was not accepted",
    );
  });

  test.each([408, 429, 500, 502, 503, 504])("is tried again after %d", async (status) => {
    bench.ingestion.fail({ status }, { times: 4 });
    await bench.sink().deliver(incident(1));
    expect(statuses()).toEqual([status, status, status, status, 204]);
    expect(rows()).toHaveLength(1);
  });

  test("waits for as long as the service says", async () => {
    bench.ingestion.fail({ status: 429, retryAfterSeconds: 1 });
    const begun = performance.now();
    await bench.sink().deliver(incident(1));
    expect(performance.now() - begun).toBeGreaterThan(990);
  });

  test.each(["before", "after"] as const)(
    "is tried again after a connection that was cut %s the service acted",
    async (cut) => {
      bench.ingestion.fail({ cut });
      await bench.sink().deliver(incident(1));
      expect(statuses()).toEqual([0, 204]);
      // At least once: the same row.
      expect(rows()).toHaveLength(cut === "before" ? 1 : 2);
      expect(new Set(rows().map((row) => JSON.stringify(row))).size).toBe(1);
    },
  );

  test("is given up after five attempts, and reported", async () => {
    bench.ingestion.fail({ status: 503 }, { times: Infinity });
    const error = await failureOf(bench.sink().deliver(incident(1)));
    expect([error.message, error.retryable]).toEqual([
      "Logs Ingestion: 503 ServiceUnavailable",
      true,
    ]);
    expect(statuses()).toHaveLength(quick.attempts);
  });

  test("that comes too late is reported as timed out", async () => {
    bench.ingestion.fail({ slowMs: 2_000 }, { times: Infinity });
    const error = await failureOf(bench.sink({ timeoutMs: 20 }).deliver(incident(1)));
    expect([error.message, error.retryable]).toEqual([
      "Logs Ingestion: timed out or was cancelled",
      true,
    ]);
  });

  test("is reported if nobody listens", async () => {
    const sink = bench.sink();
    await bench.stop();
    expect((await failureOf(sink.deliver(incident(1)))).message).toBe(
      "Logs Ingestion: no usable answer (ECONNREFUSED)",
    );
  });
});

describe("what the service refuses", () => {
  test("for want of a role names it", async () => {
    await bench.stop();
    bench = await startFindingsTable(time("10:00"), { allows: () => false });
    const error = await failureOf(bench.sink().deliver(incident(1)));
    expect([error.message, error.retryable]).toEqual([
      "Logs Ingestion: 403 OperationFailed: the identity lacks the role Monitoring Metrics Publisher",
      false,
    ]);
    expect(statuses()).toEqual([403]);
  });

  test.each([
    ["another rule", { ruleId: `dcr-${"f".repeat(32)}` }, "404 NotFound"],
    ["another stream", { stream: "Custom-Other_CL" }, "400 BadRequest"],
  ])("because of %s is reported, and not tried again", async (_, other, problem) => {
    const error = await failureOf(bench.sink(other).deliver(incident(1)));
    expect([error.message, error.retryable]).toEqual([`Logs Ingestion: ${problem}`, false]);
    expect(statuses()).toHaveLength(1);
  });

  test("is reported without what was sent", async () => {
    const plain = incident(1);
    const canary = {
      ...plain,
      text: { ...plain.text, title: secrets.text },
      summary: { ...plain.summary, subject: { ...plain.summary.subject, user: secrets.user } },
    };
    for (const status of [400, 413, 500]) {
      bench.ingestion.fail({ status, message: JSON.stringify(secrets) }, { times: quick.attempts });
      await failureOf(bench.sink().deliver(canary));
      bench.ingestion.heal();
    }
  });
});
