import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { classify } from "../../src/detection/signin/classify.ts";
import { isFields, type Fields } from "../../src/detection/signin/fields.ts";
import { accountedFor } from "../../src/run/counts.ts";
import { detectRecords } from "../../src/run/detectRecords.ts";
import { wholly } from "../../src/run/extract.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import { noPlace, unplaced, type LogEntry } from "../../src/run/signInFiles.ts";
import { time } from "../builders.ts";
import { excluding } from "../detection/builders.ts";
import { rowsArbitrary, ruleArbitrary } from "./arbitraries.ts";
import { law, MemoryLedger, ruleOf } from "./runs.ts";

/** Any parsed JSON: with `__proto__` and `constructor` as own keys too. */
const json: fc.Arbitrary<unknown> = oneOf<unknown>([
  [3, fc.jsonValue()],
  [1, fc.object({ key: fc.constantFrom("__proto__", "constructor", "errorCode", "succeeded") })],
  [1, fc.constantFrom("", " ", 0, -1, 1e300, "500121", "\ud800", "2026-02-31T00:00:00Z")],
]).map((value): unknown => JSON.parse(JSON.stringify([value]))[0]);

const columns = [
  "ResultType",
  "Status",
  "AuthenticationDetails",
  "UserPrincipalName",
  "UserId",
  "AADTenantId",
  "IsInteractive",
  "CreatedDateTime",
  "TimeGenerated",
  "Id",
  "OriginalRequestId",
  "IPAddress",
  "LocationDetails",
  "DeviceDetail",
  "properties",
  "time",
  "category",
  "__proto__",
];

/** A row of a log with some of its columns overwritten. */
const brokenRow: fc.Arbitrary<Fields> = fc
  .tuple(
    rowsArbitrary().map((rows) => rows[0] ?? {}),
    fc.array(fc.tuple(fc.constantFrom(...columns), json), { maxLength: 4 }),
  )
  .map(([row, broken]) => Object.fromEntries([...Object.entries(row), ...broken]));

/** A row whose step array was broken from within, or cut. */
const brokenSteps: fc.Arbitrary<Fields> = fc
  .tuple(brokenRow, fc.array(json, { maxLength: 3 }), fc.nat({ max: 400 }), fc.boolean())
  .map(([row, steps, length, cut]) => ({
    ...row,
    AuthenticationDetails: cut
      ? String(row["AuthenticationDetails"]).slice(0, length)
      : JSON.stringify(steps),
  }));

const entry: fc.Arbitrary<LogEntry> = oneOf<LogEntry>([
  [
    8,
    oneOf<Fields>([
      [2, brokenRow],
      [2, brokenSteps],
      [1, json.filter(isFields)],
    ]).map(unplaced),
  ],
  [1, fc.constant({ kind: "bad", reason: "no JSON", place: noPlace })],
]);

describe("every record that is read", () => {
  it("is classified, set aside for a reason, or bad and reported", async () => {
    const asOf = fc.constantFrom(null, time("09:02"), time("12:00"));
    const met = new Set<string>();
    await law(
      fc.asyncProperty(fc.array(entry), ruleArbitrary(), asOf, async (entries, rule, moment) => {
        let reported = 0;
        const { counts } = await detectRecords(
          wholly(batches(entries)),
          { store: new MemoryStore(), ledger: new MemoryLedger() },
          {
            rules: [{ ...ruleOf(rule), scope: excludesOne }],
            asOf: moment,
            from: -Infinity,
            to: Infinity,
            onBad: () => reported++,
          },
        );
        expect(counts.rows).toBe(entries.length);
        expect(accountedFor(counts)).toBe(entries.length);
        expect(counts.badRecords).toBe(reported);
        expect(counts.unclassified).toBeLessThanOrEqual(counts.classified);
        for (const [reason, count] of Object.entries({ ...counts, ...counts.setAside })) {
          if (Number(count) > 0) {
            met.add(reason);
          }
        }
      }),
      1_000,
    );
    // The law would be an empty one if nothing ended in one of them.
    expect([...met].toSorted()).toEqual([
      "badRecords",
      "classified",
      "excluded",
      "nonInteractive",
      "notCandidate",
      "notYetPublished",
      "rows",
      "unattributable",
      "unclassified",
    ]);
  });

  it("gives denials and approvals of one account only, at times that can be", async () => {
    await law(
      fc.asyncProperty(brokenSteps, async (record) => {
        const row = classify(record);
        const sightings = row.kind === "classified" ? row.sightings : [];
        for (const { at } of [...sightings, ...row.approvals]) {
          expect(at).toBeGreaterThanOrEqual(Date.UTC(2000, 0));
          expect(at).toBeLessThan(Date.UTC(2100, 0));
          expect(Number.isInteger(at)).toBe(true);
        }
        if (sightings.length > 0 || row.approvals.length > 0) {
          expect(row.account?.user).toMatch(/\S/);
        }
      }),
      1_000,
    );
  });
});

const excludesOne = excluding({ users: ["bob@contoso.com"] });

async function* batches(entries: readonly LogEntry[]): AsyncGenerator<readonly LogEntry[]> {
  for (const each of entries) {
    yield [each];
  }
}

function oneOf<T>(
  choices: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<T>])[],
): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}
