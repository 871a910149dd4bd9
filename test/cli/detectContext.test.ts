import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alice, approved, row, stamp, time, type Row } from "../builders.ts";
import { cli, denials, ndjson, temporaryFolder } from "./terminal.ts";

const day = 86_400_000;
const strange = "203.0.113.10";
const home = "198.51.100.7";

/** Sign-ins with MFA from an address on three days of the month before. */
function month(address: string): readonly Row[] {
  return [20, 12, 5].map((ago) => {
    const at = time("08:00") - ago * day;
    return row({ at, address, resultType: "0", steps: [approved(at)] });
  });
}

const registered = {
  TimeGenerated: stamp(time("09:20")),
  OperationName: "User registered security info",
  Category: "UserManagement",
  LoggedByService: "Authentication Methods",
  Result: "success",
  InitiatedBy: { user: { id: alice.id, userPrincipalName: alice.name, ipAddress: strange } },
  TargetResources: [{ id: alice.id, userPrincipalName: alice.name }],
};
const graphReport = {
  activityDateTime: stamp(time("09:05")),
  activityDisplayName: "Suspicious activity reported",
  loggedByService: "Authentication Methods",
  result: "success",
  initiatedBy: { user: { id: alice.id, userPrincipalName: alice.name } },
  targetResources: [{ id: alice.id }],
};
const inboxRule = {
  RecordType: 1,
  Workload: "Exchange",
  CreationTime: "2026-03-10T09:25:00",
  Operation: "New-InboxRule",
  UserId: alice.name,
  ClientIP: `${strange}:50000`,
  Parameters: [{ Name: "ForwardTo", Value: "eve@fabrikam.com" }],
};

interface Report {
  readonly run: { readonly rows: number };
  readonly coverage: object;
  readonly findings: readonly {
    readonly severity: string;
    readonly context: {
      readonly origins: { readonly verdict: string };
      readonly reports: readonly { readonly what: string }[];
      readonly followed: readonly { readonly what: string; readonly meaning: string }[];
      readonly gaps: readonly { readonly table: string }[];
    } | null;
  }[];
}

async function detectIn(files: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const folder = join(temporaryFolder(), "case");
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
  }
  const { out } = await cli(["detect", folder, "--format", "json", ...more]);
  return JSON.parse(out) as Report;
}

const burst = denials("09:00", 5);
const signIns = ndjson([...month(home), ...burst]);

describe("a folder that an incident responder collected", () => {
  test("includes what the audit logs among the files show, without counting them", async () => {
    const { run, findings } = await detectIn({
      "SigninLogs.ndjson": signIns,
      "AuditLogs.ndjson": `${JSON.stringify(registered)}\n`,
      "directoryAudits.json": JSON.stringify({ value: [graphReport] }),
      "unified.json": JSON.stringify([inboxRule]),
    });
    expect(run.rows).toBe(8);
    expect(findings).toMatchObject([
      {
        severity: "High",
        context: {
          origins: { verdict: "new" },
          reports: [{ what: "Suspicious activity reported" }],
          followed: [
            { what: "User registered security info", meaning: "takeover" },
            { what: "New-InboxRule", meaning: "takeover" },
          ],
        },
      },
    ]);
  });

  test("is complete where all that lies beside the sign-ins is read for their context", async () => {
    const { coverage } = await detectIn({
      "SigninLogs.ndjson": signIns,
      "AuditLogs.ndjson": `${JSON.stringify(registered)}\n`,
    });
    expect(coverage).toMatchObject({
      verdict: "complete",
      passedOver: [],
      contextFiles: [{ what: "an Entra audit log" }],
    });
    const { coverage: other } = await detectIn({
      "SigninLogs.ndjson": signIns,
      "trace.json": JSON.stringify([{ MessageTraceId: "1" }]),
    });
    expect(other).toMatchObject({ verdict: "partial", contextFiles: [] });
  });

  test("names nobody as taken who was asked, and approved, where they usually sign in", async () => {
    const at = time("09:10");
    const own = row({ at, address: strange, resultType: "0", steps: [approved(at)] });
    const folder = join(temporaryFolder(), "own");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.ndjson"), ndjson([...month(strange), ...burst, own]));
    const { out } = await cli(["detect", folder]);
    expect(out).toMatch(
      /^1 user was attacked; these logs show no sign that the attacker got in\. The prompts of 1 user came from where they usually sign in\.\n/,
    );
    expect(out).not.toContain("reset the password");
    expect(out).toContain("Ask each user by another channel");
  });

  test("says which logs are missing", async () => {
    const { findings } = await detectIn({ "SigninLogs.ndjson": signIns });
    expect(findings[0]?.severity).toBe("Medium");
    expect(findings[0]?.context?.gaps.map(({ table }) => table)).toEqual([
      "AuditLogs",
      "OfficeActivity",
      "AADUserRiskEvents",
    ]);
  });

  test("knows usual origins, and says so of little history that it cannot", async () => {
    const usual = ndjson([...month(strange), ...burst]);
    const verdicts = async (text: string) =>
      (await detectIn({ "SigninLogs.ndjson": text })).findings[0]?.context?.origins.verdict;
    expect(await verdicts(usual)).toBe("usual");
    expect(await verdicts(ndjson(burst))).toBe("unknown");
  });

  test("is read as before with --context off", async () => {
    const { findings } = await detectIn(
      { "SigninLogs.ndjson": signIns, "AuditLogs.ndjson": `${JSON.stringify(registered)}\n` },
      "--context",
      "off",
    );
    expect(findings).toMatchObject([{ severity: "Medium", context: null }]);
  });
});
