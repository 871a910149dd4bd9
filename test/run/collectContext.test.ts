import { describe, expect, it } from "vitest";
import { readContextSignIn } from "../../src/detection/context/signInRow.ts";
import { collectContext } from "../../src/run/collectContext.ts";
import type { RelatedRecord } from "../../src/run/signInFiles.ts";
import type { ContextWish } from "../../src/run/lookUpContext.ts";
import { rowsOf } from "../../src/detection/context/rows.ts";
import { alice, bob, denialRow, row, time, type Row } from "../builders.ts";

const strange = "203.0.113.10";
const wish: ContextWish = {
  names: [alice.id, alice.name],
  firstDenialAt: time("09:00"),
  lastDenialAt: time("09:10"),
  addresses: [strange],
};

async function* given(records: readonly RelatedRecord[]): AsyncGenerator<RelatedRecord> {
  yield* records;
}

const signIns = (rows: readonly Row[]) =>
  rows.flatMap((record): RelatedRecord[] => {
    const signIn = readContextSignIn(record);
    return signIn === null ? [] : [{ kind: "signIn", signIn }];
  });

function collect(records: readonly RelatedRecord[], asOf: number | null = null) {
  return collectContext(() => given(records), [wish], { asOf, successes: true });
}

describe("sign-ins", () => {
  it("of the account are its history, its habits and its refused requests", async () => {
    const found = await collect(
      signIns([
        row({ at: "08:00", resultType: "0" }),
        row({ at: "08:30", resultType: "0", fields: { AuthenticationRequirement: "" } }),
        denialRow("09:00"),
        row({ at: "08:00", user: bob, resultType: "0" }),
        row({ at: "08:00", resultType: "0", fields: { IsInteractive: false } }),
      ]),
    );
    expect(rowsOf(found.seen).map(({ kind, firstAt }) => [kind, firstAt])).toEqual([
      ["satisfied", time("08:00")],
      ["refused", time("09:00")],
    ]);
    expect(rowsOf(found.habits)).toMatchObject([{ firstAt: time("08:00"), lastAt: time("08:30") }]);
    expect(rowsOf(found.refused)).toMatchObject([{ rightPassword: true }]);
  });

  it("that failed are of anybody, wrong passwords from the origins alone, each once", async () => {
    const elsewhere = { address: "192.0.2.1" };
    const found = await collect(
      signIns([
        denialRow("09:20", { user: bob, ...elsewhere }),
        denialRow("09:20", { user: bob, ...elsewhere }),
        row({ at: "09:21", user: bob, ...elsewhere }),
        row({ at: "09:22", user: bob, resultType: "50126" }),
        row({ at: "09:23", user: bob, resultType: "50126", ...elsewhere }),
        row({ at: "09:24", resultType: "50126", ...elsewhere }),
      ]),
    );
    expect(rowsOf(found.failed).map(({ kind, firstAt }) => [kind, firstAt])).toEqual([
      ["refused", time("09:20")],
      ["unexplained", time("09:21")],
      ["wrongPassword", time("09:22")],
      ["wrongPassword", time("09:24")],
    ]);
  });

  it("that passed are from the addresses, or the account's own in some session", async () => {
    const passed = (at: string, fields = {}, address = "192.0.2.1") =>
      row({ at, resultType: "0", address, fields });
    const found = await collect(
      signIns([
        passed("09:30", {}, strange),
        passed("09:31", { SessionId: "s1", IsInteractive: false }),
        passed("09:32"),
        row({
          at: "09:33",
          user: bob,
          resultType: "0",
          address: "192.0.2.1",
          fields: { SessionId: "s1" },
        }),
        passed("08:59", {}, strange),
      ]),
    );
    expect(rowsOf(found.passed).map(({ at }) => at)).toEqual([time("09:30"), time("09:31")]);
  });
});

describe("events", () => {
  const audit = (at: string, name: string): RelatedRecord => ({
    kind: "audit",
    record: {
      ActivityDateTime: new Date(time(at)).toISOString(),
      OperationName: "User registered security info",
      TargetResources: [{ userPrincipalName: name }],
    },
  });

  it("are of the account, around the denials", async () => {
    const found = await collect([audit("09:20", alice.name), audit("09:20", bob.name)]);
    expect(rowsOf(found.events)).toHaveLength(1);
    expect(found.gaps.map(({ table }) => table)).toEqual(["OfficeActivity", "AADUserRiskEvents"]);
  });

  it("of other logs are read as what they are", async () => {
    const at = new Date(time("09:20")).toISOString();
    const found = await collect([
      {
        kind: "office",
        record: { CreationTime: at, Operation: "New-InboxRule", UserId: alice.name },
      },
      {
        kind: "risk",
        record: { activityDateTime: at, riskEventType: "x", userPrincipalName: alice.name },
      },
    ]);
    expect(rowsOf(found.events).map(({ table }) => table)).toEqual([
      "OfficeActivity",
      "AADUserRiskEvents",
    ]);
    expect(found.gaps).toEqual([{ table: "AuditLogs", problem: "not connected" }]);
  });

  it("and sign-ins that were published later do not exist yet", async () => {
    const records = [audit("09:20", alice.name), ...signIns([denialRow("09:20")])];
    const found = await collect(records, time("09:10"));
    expect(rowsOf(found.events)).toEqual([]);
    expect(rowsOf(found.failed)).toEqual([]);
  });
});
