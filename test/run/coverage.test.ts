import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noCounts, type Counts } from "../../src/run/counts.ts";
import { judgeCoverage, type CoverageLimits } from "../../src/run/coverage.ts";
import { emptyTally, type CoverageTally } from "../../src/run/coverageTally.ts";
import { nothingSeen, type FileSeen, type InputSeen } from "../../src/run/inputSeen.ts";

const everything = ["resultCode", "resultText", "steps", "user", "objectId", "time"] as const;

interface Read {
  readonly failures?: number;
  readonly withReason?: number;
  readonly shown?: readonly (typeof everything)[number][];
  readonly tally?: Partial<CoverageTally>;
  readonly counts?: Partial<Counts>;
  readonly seen?: Partial<InputSeen>;
  readonly limits?: Partial<CoverageLimits>;
}

/** A read of a hundred rows that shows everything, and has a rule with a threshold of 4. */
function judge(read: Read) {
  const { failures = 0, withReason = 0, shown = everything, tally, counts, seen, limits } = read;
  return judgeCoverage(
    {
      ...emptyTally(),
      hasSuccess: true,
      shown: new Set(shown),
      failures: new Map(Array.from({ length: failures }, (_, i) => [i, i < withReason])),
      ...tally,
    },
    { ...noCounts(), rows: 100, ...counts },
    { ...nothingSeen, ...seen },
    { rules: [{ threshold: 9 }, { threshold: 4 }], ...limits },
  );
}

const shortfalls = (read: Read) => {
  const { verdict, shortfalls: why } = judge(read);
  return `${verdict}${why.map((each) => ` ${each}`).join("")}`;
};
const passedOver = [{ path: "roles.json", what: "JSON that is no sign-in log" }];

describe("a read is complete", () => {
  test("without MFA failures, and with those that have reasons", () => {
    expect(shortfalls({})).toBe("complete");
    expect(shortfalls({ failures: 8, withReason: 4 })).toBe("complete");
  });

  test("with a result code alone, or with texts alone", () => {
    expect(shortfalls({ shown: ["time", "resultCode", "user"] })).toBe("complete");
    expect(shortfalls({ shown: ["time", "resultText", "user"] })).toBe("complete");
    expect(shortfalls({ shown: ["time", "user"], tally: { hasStepText: true } })).toBe("complete");
  });

  test("where it is empty only if that is allowed", () => {
    expect(shortfalls({ counts: { rows: 0 } })).toBe("blind noRecords");
    expect(shortfalls({ counts: { rows: 0 }, limits: { allowEmpty: true } })).toBe("complete");
  });
});

describe("a read is partial", () => {
  test("when more than the share of at least five failures has no reason", () => {
    expect(shortfalls({ failures: 5, withReason: 2 })).toBe("partial unexplained");
    expect(shortfalls({ failures: 4, withReason: 1 })).toBe("complete");
    expect(shortfalls({ failures: 10, withReason: 5 })).toBe("complete");
    expect(shortfalls({ failures: 11, withReason: 5 })).toBe("partial unexplained");
  });

  test("by another share when that is asked for", () => {
    const read = { failures: 10, withReason: 8 };
    expect(shortfalls({ ...read, limits: { maxUnexplained: 0.2 } })).toBe("complete");
    expect(shortfalls({ ...read, limits: { maxUnexplained: 0.1 } })).toBe("partial unexplained");
    expect(shortfalls({ failures: 10, withReason: 1, limits: { maxUnexplained: 1 } })).toBe(
      "complete",
    );
  });

  test("when something was passed over, or was bad", () => {
    expect(shortfalls({ seen: { passedOver } })).toBe("partial passedOver");
    expect(shortfalls({ counts: { badRecords: 1 } })).toBe("partial badRecords");
  });

  test("below the threshold, however few of its failures have a reason", () => {
    const rules = [{ threshold: 10 }];
    expect(shortfalls({ failures: 7, limits: { rules } })).toBe("partial unexplained");
    expect(shortfalls({ failures: 3 })).toBe("complete");
  });
});

describe("a read is blind", () => {
  test("when all of its records are bad", () => {
    expect(shortfalls({ counts: { rows: 3, badRecords: 3 } })).toBe("blind allBad");
    expect(shortfalls({ counts: { rows: 3, badRecords: 2 } })).toBe("partial badRecords");
  });

  test("when no record has a result code or a text", () => {
    expect(shortfalls({ shown: ["time", "user", "objectId", "steps"] })).toBe("blind noResult");
  });

  test("when no record has a time", () => {
    expect(shortfalls({ shown: ["resultCode", "resultText", "user"] })).toBe("blind noTime");
    expect(shortfalls({ shown: [], counts: { rows: 0 }, limits: { allowEmpty: true } })).toBe(
      "complete",
    );
  });

  test("when every row was parsed and its result is a word that no one can read", () => {
    const seen = { shown: new Set(["resultCode", "resultText"] as const) };
    expect(shortfalls({ shown: ["time", "user"], seen })).toBe("blind noResult");
    expect(shortfalls({ shown: ["time", "user"], seen, tally: { passedRows: 9 } })).toBe(
      "complete",
    );
  });

  test("when as many failures as the smallest threshold have no reason, and not with one fewer", () => {
    expect(shortfalls({ failures: 4 })).toBe("blind noReasons");
    expect(shortfalls({ failures: 3 })).toBe("complete");
    expect(shortfalls({ failures: 4, withReason: 1 })).toBe("complete");
    expect(shortfalls({ failures: 40 })).toBe("blind noReasons");
  });

  test("when candidates are nobody's and no record names an account", () => {
    const setAside = { ...noCounts().setAside, unattributable: 4 };
    expect(shortfalls({ shown: ["time", "resultCode"], counts: { setAside } })).toBe(
      "blind nobody",
    );
    expect(shortfalls({ shown: ["time", "resultCode"] })).toBe("complete");
    expect(shortfalls({ shown: ["time", "resultCode", "user"], counts: { setAside } })).toBe(
      "complete",
    );
  });

  test("and says so before what makes it partial", () => {
    expect(shortfalls({ failures: 4, seen: { passedOver }, counts: { badRecords: 2 } })).toBe(
      "blind noReasons passedOver badRecords",
    );
  });
});

describe("what was read", () => {
  const file: FileSeen = {
    path: "a.csv",
    container: ["csv"],
    dialect: "portal",
    rows: 4,
    candidates: 1,
    oldestRow: 5,
    newestRow: 50,
  };

  test("leaves bad rows and rows that were not there yet out of the rows", () => {
    const setAside = { ...noCounts().setAside, notYetPublished: 7 };
    expect(judge({ counts: { badRecords: 3, setAside } }).rows).toBe(90);
  });

  test("reaches from the oldest to the newest time of rows and files", () => {
    const between = judge({ tally: { oldestAt: 10, newestAt: 20 }, seen: { files: [file] } });
    expect([between.oldestRow, between.newestRow]).toEqual([5, 50]);
    const without = judge({ seen: { files: [{ ...file, oldestRow: null, newestRow: null }] } });
    expect([without.oldestRow, without.newestRow]).toEqual([null, null]);
  });

  test("misses the fields that neither rows nor files showed", () => {
    const seen = { shown: new Set(["interactive", "steps"] as const) };
    expect(judge({ shown: ["resultCode"], seen }).fieldsMissing).toEqual([
      "resultText",
      "user",
      "objectId",
      "time",
    ]);
    expect(judge({ counts: { rows: 0 }, shown: [] }).fieldsMissing).toEqual([]);
  });

  test("has its twenty most frequent unknown texts, ties in the order of the alphabet", () => {
    const texts = Array.from({ length: 30 }, (_, i) => [`text ${String(i).padStart(2, "0")}`, 1]);
    const unknownTexts = new Map<string, number>([
      ...(texts.toReversed() as [string, number][]),
      ["frequent", 9],
    ]);
    const reported = judge({ tally: { unknownTexts } }).unknownTexts;
    expect(reported).toHaveLength(20);
    expect(reported.slice(0, 3).map(({ text }) => text)).toEqual([
      "frequent",
      "text 00",
      "text 01",
    ]);
  });

  test("counts at least what it says where failures have no steps", () => {
    const shown = ["resultCode", "resultText", "user"] as const;
    expect(judge({ failures: 2, withReason: 2, shown }).atLeast).toBe(true);
    expect(judge({ failures: 2, withReason: 2 }).atLeast).toBe(false);
    expect(judge({ shown }).atLeast).toBe(false);
  });

  test("is without success only where every row was looked at", () => {
    expect(judge({ tally: { hasSuccess: false } }).withoutSuccess).toBe(true);
    expect(judge({ tally: { hasSuccess: false, passedRows: 1 } }).withoutSuccess).toBe(false);
    expect(judge({}).withoutSuccess).toBe(false);
    const none = { counts: { rows: 0 }, tally: { hasSuccess: false } };
    expect(judge(none).withoutSuccess).toBe(false);
  });
});

const reads = fc.record({
  failures: fc.nat(40),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  rows: fc.nat(100),
  bad: fc.nat(5),
  threshold: fc.integer({ min: 1, max: 20 }),
  maxUnexplained: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** From the best to the worst. */
const worth = { complete: 0, partial: 1, blind: 2 } as const;

test("a verdict never gets better when reasons are taken away, or a rule asks for fewer", () => {
  fc.assert(
    fc.property(reads, fc.nat(40), (read, fewer) => {
      const withReason = Math.floor(read.failures * read.share);
      const verdictOf = (reasons: number, threshold: number) =>
        worth[
          judge({
            failures: read.failures,
            withReason: reasons,
            counts: { rows: read.rows + read.bad, badRecords: read.bad },
            limits: { rules: [{ threshold }], maxUnexplained: read.maxUnexplained },
          }).verdict
        ];
      const before = verdictOf(withReason, read.threshold);
      expect(verdictOf(Math.max(0, withReason - fewer), read.threshold)).toBeGreaterThanOrEqual(
        before,
      );
      expect(verdictOf(withReason, Math.max(1, read.threshold - fewer))).toBeGreaterThanOrEqual(
        before,
      );
    }),
  );
});

test("a read is complete exactly when nothing falls short", () => {
  fc.assert(
    fc.property(reads, (read) => {
      const { verdict, shortfalls: why } = judge({
        failures: read.failures,
        withReason: Math.floor(read.failures * read.share),
        counts: { rows: read.rows, badRecords: Math.min(read.bad, read.rows) },
        limits: { rules: [{ threshold: read.threshold }], maxUnexplained: read.maxUnexplained },
      });
      expect(verdict === "complete").toBe(why.length === 0);
    }),
  );
});
