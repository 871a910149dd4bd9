import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addToHistory,
  findShareFallen,
  noteShare,
  readHistory,
  recentCoverage,
  type CoverageHistory,
} from "../../src/run/coverageHistory.ts";
import { denialRow, row, time, type Row } from "../builders.ts";

const hour = 3_600_000;
const day = 24 * hour;
const now = time("12:30");
const rules = [{ threshold: 5 }];
const none = readHistory(null);

let request = 0;
const explained = (count: number): readonly Row[] =>
  Array.from({ length: count }, () => denialRow(time("00:00") + 1_000 * ++request));
const silent = (count: number, status?: string): readonly Row[] =>
  Array.from({ length: count }, () =>
    row({ at: time("00:00") + 1_000 * ++request, ...(status === undefined ? {} : { status }) }),
  );

/** A history of reads: when, failures with a reason, failures without. */
const historyOf = (...reads: readonly (readonly [at: number, yes: number, no: number])[]) =>
  reads.reduce(
    (history, [at, yes, no]) => addToHistory(history, [...explained(yes), ...silent(no)], at),
    none,
  );

describe("what could be seen lately", () => {
  test("is nothing where nothing was read: no verdict", () => {
    expect(recentCoverage(none, rules, now)).toEqual({
      verdict: null,
      rows: 0,
      badRecords: 0,
      mfaFailures: 0,
      withReason: 0,
      withReasonPercent: null,
      unknownTexts: [],
      newestRow: null,
    });
    expect(addToHistory(none, [], now)).toEqual(none);
  });

  test("is the sum of the runs of 24 hours, and no older one", () => {
    const history = historyOf([now - 24 * hour, 9, 9], [now - 23 * hour, 3, 1], [now, 2, 1]);
    expect(recentCoverage(history, rules, now)).toMatchObject({
      verdict: "complete",
      rows: 7,
      mfaFailures: 7,
      withReason: 5,
      withReasonPercent: 71,
    });
  });

  test("is judged as a read of files is", () => {
    const verdict = (yes: number, no: number) =>
      recentCoverage(historyOf([now, yes, no]), rules, now).verdict;
    expect([verdict(5, 5), verdict(4, 6), verdict(0, 5), verdict(0, 4)]).toEqual([
      "complete",
      "partial",
      "blind",
      "complete",
    ]);
    const timeless = { CreatedDateTime: "", TimeGenerated: "", AuthenticationDetails: "" };
    const bad = row({ at: "09:00", status: "User declined the authentication", fields: timeless });
    expect(recentCoverage(addToHistory(none, [bad], now), rules, now)).toMatchObject({
      verdict: "partial",
      badRecords: 1,
    });
  });

  test("has the time of the newest row, whichever run read it", () => {
    const history = addToHistory(none, [denialRow("11:00")], now);
    const later = addToHistory(history, [denialRow("09:00")], now + hour);
    expect(recentCoverage(later, rules, now + hour).newestRow).toBe("2026-03-10T11:00:00.000Z");
  });
});

describe("unknown texts", () => {
  test("are counted by rows for 24 hours, the most frequent first", () => {
    const add = (history: CoverageHistory, at: number, count: number, text: string) =>
      addToHistory(history, silent(count, text), at);
    let history = add(none, now - 24 * hour, 50, "MFA denied; passkey was rejected");
    history = add(history, now - hour, 2, "MFA denied; passkey was rejected");
    history = add(history, now - hour, 1, "MFA denied; token expired");
    history = add(history, now, 2, "MFA denied; token expired");
    expect(recentCoverage(history, rules, now).unknownTexts).toEqual([
      { text: "MFA denied; token expired", count: 3 },
      { text: "MFA denied; passkey was rejected", count: 2 },
    ]);
    expect(recentCoverage(history, rules, now + 23 * hour).unknownTexts).toEqual([
      { text: "MFA denied; token expired", count: 2 },
    ]);
  });

  test("never have a word that may be a person's", () => {
    const text = "MFA denied; Alice Example (alice@contoso.com, +49 30 1234) refused";
    const history = addToHistory(none, silent(1, text), now);
    expect(JSON.stringify(history)).not.toMatch(/alice|example|contoso|1234/i);
    expect(recentCoverage(history, rules, now).unknownTexts).toEqual([
      { text: "MFA denied; … (…) refused", count: 1 },
    ]);
  });

  test("are twenty at most", () => {
    const ways = ["expired", "refused", "rejected", "locked", "revoked by policy"];
    const rows = ways.flatMap((way) =>
      ways.flatMap((other) => silent(1, `MFA denied; token ${way}, device ${other}`)),
    );
    expect(recentCoverage(addToHistory(none, rows, now), rules, now).unknownTexts).toHaveLength(20);
  });
});

describe("the history", () => {
  test("stays small however often it is written, and forgets after eight days", () => {
    let history = none;
    for (let at = now; at < now + 30 * day; at += 15 * 60_000) {
      history = addToHistory(history, silent(1, "MFA denied; token expired"), at);
    }
    expect(history.hours).toHaveLength(8 * 24);
    expect(JSON.stringify(history).length).toBeLessThan(8_000);
  });

  test("of another version, or none, is replaced by an empty one", () => {
    const history = historyOf([now, 1, 0]);
    expect(readHistory(history)).toBe(history);
    expect(readHistory({ ...history, version: 2 } as unknown as CoverageHistory)).toEqual(none);
    expect(readHistory(undefined)).toEqual(none);
  });

  test("survives being stored as JSON", () => {
    const history = historyOf([now - day, 1, 2], [now, 3, 0]);
    expect(readHistory(JSON.parse(JSON.stringify(history)) as CoverageHistory)).toEqual(history);
  });

  test("adds up to the same for any cut of the rows into steps of one hour", () => {
    const rows = [...explained(4), ...silent(5), ...silent(2, "MFA denied; token expired")];
    fc.assert(
      fc.property(fc.nat(rows.length), fc.nat(rows.length), (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const parts = [rows.slice(0, first), rows.slice(first, second), rows.slice(second)];
        const cut = parts.reduce((history, part) => addToHistory(history, part, now), none);
        expect(cut).toEqual(addToHistory(none, rows, now));
      }),
    );
  });
});

describe("the share of failures with a reason has fallen", () => {
  const week = [now - 3 * day, 80, 20] as const;

  test("when of at least 20 in a day none has a reason", () => {
    expect(findShareFallen(historyOf([now, 0, 20]), now)).toEqual({
      mfaFailures: 20,
      withReason: 0,
      mfaFailuresBefore: 0,
      withReasonBefore: 0,
    });
    expect(findShareFallen(historyOf([now, 0, 19]), now)).toBeNull();
    expect(findShareFallen(historyOf([now, 1, 25]), now)).toBeNull();
  });

  test("when it is under half of the seven days before, and not at half", () => {
    expect(findShareFallen(historyOf(week, [now, 39, 61]), now)).toMatchObject({
      withReason: 39,
      mfaFailuresBefore: 100,
      withReasonBefore: 80,
    });
    expect(findShareFallen(historyOf(week, [now, 40, 60]), now)).toBeNull();
  });

  test("compared with days 2 to 8 only", () => {
    const old = [now - 8 * day, 80, 20] as const;
    expect(findShareFallen(historyOf(old, [now, 10, 90]), now)).toBeNull();
    const oldest = [now - 8 * day + hour, 80, 20] as const;
    expect(findShareFallen(historyOf(oldest, [now, 10, 90]), now)).not.toBeNull();
  });

  test("is said once a day, and again when it falls once more", () => {
    const fallen = historyOf(week, [now, 0, 30]);
    const first = noteShare(fallen, now);
    expect(first.warning).not.toBeNull();
    expect(noteShare(first.history, now + 5 * 60_000).warning).toBeNull();
    const next = addToHistory(first.history, silent(30), now + day);
    expect(noteShare(next, now + day).warning).not.toBeNull();
    const risen = addToHistory(first.history, explained(90), now + hour);
    const well = noteShare(risen, now + hour);
    expect(well).toMatchObject({ warning: null, history: { warnedAt: null } });
  });
});
