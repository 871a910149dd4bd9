import { describe, expect, it } from "vitest";

import { classify } from "../../src/detection/signin/classify.ts";
import {
  accountedFor,
  addCounts,
  countRow,
  countUnreadable,
  noCounts,
} from "../../src/run/counts.ts";
import { denialRow, row, time } from "../builders.ts";

describe("the counts of a read", () => {
  it("are nothing before it", () => {
    expect(accountedFor(noCounts())).toBe(0);
    expect(noCounts()).not.toBe(noCounts());
  });

  it("put every row in one place", () => {
    const counts = noCounts();
    const untimed = { CreatedDateTime: "", TimeGenerated: "" };
    const rows = [
      denialRow("09:00"),
      row({ at: "09:00" }),
      row({ at: "09:00", resultType: "0" }),
      denialRow("09:00", { fields: { IsInteractive: false } }),
      denialRow("09:00", { fields: { UserPrincipalName: "", UserId: "" } }),
      row({ at: "09:00", status: "User denied the request", fields: untimed }),
      denialRow("11:00"),
    ];
    for (const each of rows) {
      countRow(counts, classify(each, { asOf: time("10:00") }));
    }
    countUnreadable(counts);
    expect(counts).toEqual({
      rows: 8,
      classified: 2,
      unclassified: 1,
      setAside: {
        notCandidate: 1,
        nonInteractive: 1,
        excluded: 0,
        unattributable: 1,
        notYetPublished: 1,
      },
      badRecords: 2,
    });
    expect(accountedFor(counts)).toBe(counts.rows);
  });

  it("are added one by one", () => {
    const some = {
      rows: 1,
      classified: 2,
      badRecords: 3,
      unclassified: 4,
      setAside: {
        notCandidate: 5,
        nonInteractive: 6,
        excluded: 7,
        unattributable: 8,
        notYetPublished: 9,
      },
    };
    const counts = noCounts();
    addCounts(counts, some);
    expect(counts).toEqual(some);
    addCounts(counts, some);
    expect(Object.values(counts.setAside)).toEqual([10, 12, 14, 16, 18]);
    expect(counts).toMatchObject({ rows: 2, classified: 4, badRecords: 6, unclassified: 8 });
  });
});
