import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contextColumns } from "../../../../src/logs/azure/context/contextColumns.ts";
import {
  contextSource,
  renderContextQuery,
} from "../../../../src/logs/azure/context/contextSource.ts";
import { logAnalytics } from "../../../../src/logs/azure/logAnalytics.ts";
import { pageRows } from "../../../../src/logs/azure/renderQuery.ts";
import type { ContextSource } from "../../../../src/run/contextSource.ts";
import { analyse } from "../../../../standins/logService/analyse.ts";
import {
  startLogService,
  type LogService,
} from "../../../../standins/logService/startLogService.ts";
import { clouds } from "../../../../src/settings/clouds.ts";
import { alice, bob, denialRow, row, time, workspaceId } from "../../../builders.ts";
import { certificate, connection, credential, never } from "../../../azure/wire.ts";

const hour = 3_600_000;
const day = 24 * hour;
const strange = "203.0.113.10";
const names = [alice.id, alice.name];

let service: LogService;
let source: ContextSource;

beforeEach(async () => {
  service = await startLogService({ clock: () => time("12:00:00"), certificate });
  const { audience } = clouds.public.logAnalytics;
  const options = { endpoint: service.endpoint, audience, credential: credential(), connection };
  source = contextSource(logAnalytics(options)(workspaceId));
});
afterEach(() => service.stop());

function publish(table: string, ...rows: readonly Readonly<Record<string, unknown>>[]): void {
  service.publish(
    workspaceId,
    table,
    rows.map((each) => ({ publishedAt: time("11:00:00"), row: each })),
  );
}

/** A sign-in that passed with MFA. */
function passed(
  at: string,
  fields: Readonly<Record<string, unknown>> = {},
  user: typeof alice | typeof bob = alice,
) {
  return row({ at, user, resultType: "0", address: strange, fields });
}

function denial(
  at: string,
  fields: Readonly<Record<string, unknown>> = {},
  user: typeof alice | typeof bob = alice,
) {
  return denialRow(at, { user, fields });
}

function wrong(at: string, address: string, user: typeof alice | typeof bob = alice) {
  return row({ at, user, address, resultType: "50126" });
}

const range = { from: time("00:00:00"), to: time("11:00:00") };
const asked = { range, names, addresses: [strange] };

test("every query is right by the analyser, answers the columns that are read, and has no empty place", () => {
  const places = ["accounts", "addresses", "prefixes", "networks", "userAgents", "sessions"];
  const values = {
    ...Object.fromEntries(places.map((name) => [name, 'dynamic(["a"])'])),
    burstFrom: "datetime(2026-03-10T00:00:00Z)",
    ingestedFrom: "datetime(2026-03-10T00:00:00Z)",
  };
  for (const kind of ["history", "failures", "successes", "events"] as const) {
    const { diagnostics, columns } = analyse(renderContextQuery(kind, range, values));
    expect([kind, diagnostics]).toEqual([kind, []]);
    expect([kind, Object.fromEntries(columns.map(({ name, type }) => [name, type]))]).toEqual([
      kind,
      contextColumns[kind],
    ]);
  }
  const files = readdirSync(new URL("../../../../src/logs/azure/context/", import.meta.url));
  expect(files.filter((name) => name.endsWith(".kql")).toSorted()).toEqual([
    "events.kql",
    "failures.kql",
    "history.kql",
    "signIns.kql",
    "successes.kql",
  ]);
});

describe("the history", () => {
  const device = {
    deviceId: "DE",
    trustType: "Azure AD joined",
    browser: "Edge",
    displayName: "PC",
  };

  test("has sign-ins with MFA from the addresses asked for, refusals, and habits", async () => {
    publish(
      "SigninLogs",
      passed("08:00:00", { AutonomousSystemNumber: "64505" }),
      passed("08:10:00", { IPAddress: "198.51.100.1", DeviceDetail: { browser: "Edge" } }),
      passed("08:20:00", { AuthenticationRequirement: "singleFactorAuthentication" }),
      denial("09:00:00", { SessionId: "s1", DeviceDetail: device }),
      denial("09:30:00", {}, bob),
    );
    const { rows, gaps } = await source.history({ ...asked, burstFrom: time("08:30:00") }, never);
    expect(gaps).toEqual([]);
    expect(rows.seen).toEqual([
      {
        names,
        kind: "satisfied",
        address: strange,
        device: null,
        firstAt: time("08:00:00"),
        lastAt: time("08:00:00"),
      },
      expect.objectContaining({ kind: "refused", device: "de", firstAt: time("09:00:00") }),
    ]);
    expect(rows.habits).toHaveLength(3);
    expect(rows.refused).toEqual([
      expect.objectContaining({
        names,
        session: "s1",
        device: "de",
        deviceName: "PC",
        browser: "Edge",
        rightPassword: true,
      }),
    ]);
  });

  test.each([
    ["203.0.113.10:50123", "203.0.113.10"],
    ["::ffff:203.0.113.10", "203.0.113.10"],
    ["[::FFFF:203.0.113.10]:443", "203.0.113.10"],
    ["[2001:DB8::1]:4001", "2001:db8::1"],
    ["2001:db8::1%eth0", "2001:db8::1"],
  ])("knows an address without port and zone: %s", async (written, address) => {
    publish(
      "SigninLogs",
      passed("08:00:00", { IPAddress: written }),
      denial("09:00:00", { IPAddress: written }, bob),
    );
    const query = { ...asked, addresses: [address] };
    const { rows } = await source.history({ ...query, burstFrom: time("08:30:00") }, never);
    expect(rows.seen.map((each) => each.address)).toEqual([address]);
    const failures = { ...query, asNumbers: [], userAgents: [] };
    expect((await source.failures(failures, never)).rows.map((each) => each.address)).toEqual([
      address,
    ]);
    const successes = await source.successes({ ...query, sessions: [] }, never);
    expect(successes.rows.map((each) => each.address)).toEqual([address]);
  });

  test("knows neighbours of the addresses, IPv6 and joined devices", async () => {
    const from = (address: string, more = {}) =>
      passed("08:00:00", { IPAddress: address, ...more });
    publish(
      "SigninLogs",
      from("203.0.113.77"),
      from("2001:db8::1"),
      from("198.51.100.2", { DeviceDetail: device }),
      from("198.51.100.3"),
    );
    const { rows } = await source.history({ ...asked, burstFrom: time("08:30:00") }, never);
    expect(rows.seen.map(({ address }) => address)).toEqual([
      "203.0.113.77",
      "2001:db8::1",
      "198.51.100.2",
    ]);
  });

  test.each([
    ["MFA requirement satisfied by claim in the token", 1],
    ["MFA requirement skipped due to location", 0],
    ["MFA requirement skipped due to remembered device", 1],
  ])("takes %s for MFA: %s", async (additionalDetails, count) => {
    publish("SigninLogs", passed("08:00:00", { Status: { errorCode: 0, additionalDetails } }));
    const { rows } = await source.history({ ...asked, burstFrom: time("08:30:00") }, never);
    expect(rows.seen).toHaveLength(count);
  });
});

test("failures are refusals and unexplained failures from the same origins, and wrong passwords", async () => {
  const elsewhere = { IPAddress: "192.0.2.1" };
  publish(
    "SigninLogs",
    denial("09:00:00", {}, bob),
    denial("09:01:00", { ...elsewhere, AutonomousSystemNumber: "64505" }, bob),
    denial("09:02:00", { ...elsewhere, UserAgent: "python" }, bob),
    denial("09:03:00", { ...elsewhere, UserAgent: "Edge" }, bob),
    row({ at: "09:04:00", user: bob, status: "The user didn't complete the MFA prompt." }),
    wrong("09:05:00", strange),
    wrong("09:06:00", "192.0.2.9"),
    wrong("09:07:00", strange, bob),
    wrong("09:08:00", "192.0.2.9", bob),
  );
  const { rows } = await source.failures(
    { ...asked, asNumbers: ["64505"], userAgents: ["python"] },
    never,
  );
  expect(rows.map(({ kind, firstAt }) => [kind, firstAt])).toEqual([
    ["wrongPassword", time("09:05:00")],
    ["wrongPassword", time("09:06:00")],
    ["wrongPassword", time("09:07:00")],
    ["refused", time("09:00:00")],
    ["refused", time("09:01:00")],
    ["refused", time("09:02:00")],
    ["unexplained", time("09:04:00")],
  ]);
  expect(rows[0]).toMatchObject({ names, address: strange, signIns: 1 });
});

test("successes are of anybody, interactive or not, from the addresses or in the sessions", async () => {
  publish(
    "SigninLogs",
    passed("09:20:00", { AppDisplayName: "OfficeHome" }),
    passed("09:25:00", { AppDisplayName: "OfficeHome" }),
    passed("09:30:00", { IPAddress: "192.0.2.1" }),
  );
  const texts = { Status: "{}", DeviceDetail: "{}", LocationDetails: "{}", MfaDetail: "{}" };
  publish(
    "AADNonInteractiveUserSignInLogs",
    passed("09:40:00", { ...texts, IPAddress: "192.0.2.1", SessionId: "s1" }, bob),
  );
  const { rows, gaps } = await source.successes({ ...asked, sessions: ["s1"] }, never);
  expect(gaps).toEqual([]);
  expect(rows).toEqual([
    expect.objectContaining({ at: time("09:20:00"), interactive: true, application: "OfficeHome" }),
    expect.objectContaining({ names: [bob.id, bob.name], session: "s1", interactive: false }),
  ]);
});

describe("events", () => {
  const actor = { user: { id: alice.id, userPrincipalName: alice.name, ipAddress: strange } };
  const registered = {
    TimeGenerated: new Date(time("09:20:00")).toISOString(),
    OperationName: "User registered security info",
    InitiatedBy: actor,
    TargetResources: [actor.user],
    Result: "success",
  };

  test("come from four tables, of the accounts asked for", async () => {
    const at = (clock: string) => new Date(time(clock)).toISOString();
    publish(
      "AuditLogs",
      registered,
      { ...registered, OperationName: "Update user" },
      { ...registered, InitiatedBy: {}, TargetResources: [{ userPrincipalName: bob.name }] },
    );
    publish(
      "OfficeActivity",
      {
        TimeGenerated: at("09:21:00"),
        Operation: "New-InboxRule",
        UserId: alice.name,
        ClientIP: strange,
      },
      { TimeGenerated: at("09:21:00"), Operation: "MailItemsAccessed", UserId: alice.name },
    );
    publish("CloudAppEvents", {
      TimeGenerated: at("09:25:00"),
      Timestamp: at("09:22:00"),
      ActionType: "Set-Mailbox",
      AccountObjectId: alice.id,
      RawEventData: {
        UserId: alice.name,
        Parameters: [{ Name: "ForwardingSmtpAddress", Value: "x" }],
      },
    });
    publish("AADUserRiskEvents", {
      TimeGenerated: at("09:23:00"),
      RiskEventType: "unfamiliarFeatures",
      UserPrincipalName: alice.name,
      UserId: alice.id,
    });
    const { rows, gaps } = await source.events({ range, names, ingestedFrom: 0 }, never);
    expect(gaps).toEqual([]);
    expect(rows.map(({ operation, at: when }) => [operation, when])).toEqual([
      ["User registered security info", time("09:20:00")],
      ["New-InboxRule", time("09:21:00")],
      ["Set-Mailbox", time("09:22:00")],
      ["unfamiliarFeatures", time("09:23:00")],
    ]);
  });

  test("can be those alone that were stored since", async () => {
    publish("AuditLogs", registered);
    const since = (ingestedFrom: number) => source.events({ range, names, ingestedFrom }, never);
    expect((await since(time("11:00:00"))).rows).toHaveLength(1);
    expect((await since(time("11:00:01"))).rows).toHaveLength(0);
  });

  test("say which tables are not connected; one of two with the same events is enough", async () => {
    publish("AuditLogs", registered);
    publish("CloudAppEvents", { TimeGenerated: registered.TimeGenerated });
    publish("AADUserRiskEvents", { TimeGenerated: registered.TimeGenerated });
    service.disconnect(workspaceId, "OfficeActivity");
    expect((await source.events({ range, names, ingestedFrom: 0 }, never)).gaps).toEqual([]);
    service.disconnect(workspaceId, "AuditLogs");
    service.disconnect(workspaceId, "CloudAppEvents");
    const { rows, gaps } = await source.events({ range, names, ingestedFrom: 0 }, never);
    expect(rows).toEqual([]);
    expect(gaps).toEqual([
      { table: "AuditLogs", problem: "not connected" },
      { table: "OfficeActivity", problem: "not connected" },
      { table: "CloudAppEvents", problem: "not connected" },
    ]);
  });

  test("say that a table without any row is connected: nothing happened there", async () => {
    publish("SigninLogs", passed("08:00:00"));
    expect((await source.events({ range, names, ingestedFrom: 0 }, never)).gaps).toEqual([]);
  });
});

describe("a lookup fails", () => {
  const look = () => source.events({ range, names, ingestedFrom: 0 }, never);

  test.each([
    ["not permitted", { kind: "status", status: 403 }],
    ["failed", { kind: "status", status: 400 }],
    ["failed", { kind: "status", status: 429 }],
    ["failed", { kind: "malformed" }],
    ["cut", { kind: "partial" }],
  ] as const)("as %s after %j", async (problem, fault) => {
    service.fail(fault, { times: Infinity });
    await expect(look()).rejects.toMatchObject({ name: "LookUpError", problem });
  });

  test("as cut where there are more rows than one answer has", async () => {
    publish(
      "SigninLogs",
      ...Array.from({ length: pageRows + 1 }, (_, n) =>
        passed("09:20:00", { AppDisplayName: `app ${n}` }),
      ),
    );
    await expect(source.successes({ ...asked, sessions: [] }, never)).rejects.toMatchObject({
      problem: "cut",
    });
  });
});

test("no text of an account can end its literal", async () => {
  const evil = `x"]) or true //`;
  await expect(
    source.history({ range, names: [evil], addresses: [evil], burstFrom: 0 }, never),
  ).resolves.toMatchObject({ rows: { seen: [], habits: [], refused: [] } });
});

test("rows within a day and of an hour come as one", async () => {
  publish("SigninLogs", passed("08:00:00"), passed("08:59:00"), passed("09:00:00"));
  const { rows } = await source.history({ ...asked, burstFrom: 0 }, never);
  expect(rows.seen.map(({ firstAt, lastAt }) => [firstAt, lastAt])).toEqual([
    [time("08:00:00"), time("08:59:00")],
    [time("09:00:00"), time("09:00:00")],
  ]);
  expect(rows.seen[0]?.lastAt).toBeLessThan(range.from + day);
});
