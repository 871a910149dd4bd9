import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/logs/files/entry.ts";
import { relatedOf } from "../../../src/logs/files/relatedOf.ts";
import { noPlace } from "../../../src/run/signInFiles.ts";
import { denialRow } from "../../builders.ts";

const entryOf = (record: Readonly<Record<string, unknown>>, isSignIn: boolean): Entry => ({
  kind: "record",
  record,
  place: noPlace,
  isSignIn,
  isExact: true,
});

describe("what an entry says around findings", () => {
  it("is a sign-in, if that has an account and a time", () => {
    expect(relatedOf(entryOf(denialRow("09:00"), true))).toMatchObject([
      { kind: "signIn", signIn: { kind: "refused" } },
    ]);
    expect(relatedOf(entryOf({}, true))).toEqual([]);
  });

  it("is the event of an audit log, without its envelope", () => {
    const properties = { activityDisplayName: "Reset password" };
    const [related] = relatedOf(entryOf({ category: "AuditLogs", properties }, false));
    expect(related).toMatchObject({ kind: "audit", record: properties });
  });

  it("is nothing, if the record is damaged or of another kind", () => {
    expect(relatedOf(entryOf({ requestMethod: "GET", requestUri: "/me" }, false))).toEqual([]);
    expect(relatedOf({ kind: "bad", reason: "not valid JSON", place: noPlace })).toEqual([]);
  });
});
