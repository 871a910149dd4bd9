import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classifySignIn, type ClassifyOptions } from "../../src/detection/signin/classify.ts";
import { readSignIn } from "../../src/detection/signin/signIn.ts";
import {
  addTally,
  emptyTally,
  longestUnknownText,
  tallyRow,
  type CoverageTally,
} from "../../src/run/coverageTally.ts";
import {
  bob,
  denialRow,
  denied,
  noResponse,
  pending,
  row,
  step,
  time,
  wrongCode,
  type Row,
} from "../builders.ts";
import { excluding } from "../detection/builders.ts";

function tallyOf(rows: readonly Row[], options: ClassifyOptions = {}): CoverageTally {
  const tally = emptyTally();
  for (const record of rows) {
    const signIn = readSignIn(record);
    tallyRow(tally, signIn, classifySignIn(signIn, options));
  }
  return tally;
}

const failures = (tally: CoverageTally) => [...tally.failures.values()];

describe("MFA failures", () => {
  test("are requests, however many rows each has", () => {
    const first = denialRow("09:00");
    expect(failures(tallyOf([first, first, denialRow("09:05")]))).toEqual([true, true]);
  });

  test("have a reason if any row of the request gives it, in any order", () => {
    const request = "11111111-1111-4111-8111-111111111111";
    const silent = row({ at: "09:00", request });
    const telling = row({ at: "09:01", request, steps: [denied("09:01")] });
    expect(failures(tallyOf([silent]))).toEqual([false]);
    expect(failures(tallyOf([silent, telling]))).toEqual([true]);
    expect(failures(tallyOf([telling, silent]))).toEqual([true]);
  });

  test("are counted before exclusions", () => {
    const scope = excluding({ users: ["alice@contoso.com"] });
    const rows = [denialRow("09:00")];
    expect(failures(tallyOf(rows, { scopes: [scope] }))).toEqual([true]);
  });

  test("do not include rows that are non-interactive, nobody's, or not published yet", () => {
    const rows = [
      denialRow("09:00", { fields: { IsInteractive: false } }),
      denialRow("09:05", { fields: { UserPrincipalName: "", UserId: "" } }),
    ];
    expect(failures(tallyOf(rows))).toEqual([]);
    const tally = tallyOf([denialRow("09:10")], { asOf: time("09:00") });
    expect(tally).toEqual(emptyTally());
  });
});

describe("what the rows show", () => {
  test("is every field that some row has a value for", () => {
    const bare = {
      ResultType: undefined,
      Status: undefined,
      UserId: undefined,
      AuthenticationDetails: undefined,
    };
    const first = tallyOf([row({ at: "09:00", fields: bare })]);
    expect([...first.shown]).toEqual(["user", "time"]);
    const both = tallyOf([
      row({ at: "09:00", fields: bare }),
      row({ at: "09:01", status: "x", steps: [denied("09:01")] }),
    ]);
    expect([...both.shown].toSorted()).toEqual(
      ["objectId", "resultCode", "resultText", "steps", "time", "user"].toSorted(),
    );
  });

  test("has no result code if the result is a word", () => {
    const fields = { ResultType: "Failure", Status: undefined };
    expect(tallyOf([row({ at: "09:00", fields })]).shown).not.toContain("resultCode");
  });

  test("is a success when an interactive sign-in got past MFA", () => {
    expect(tallyOf([row({ at: "09:00", resultType: "0" })]).hasSuccess).toBe(true);
    expect(tallyOf([row({ at: "09:00", resultType: "50140" })]).hasSuccess).toBe(true);
    expect(tallyOf([row({ at: "09:00", resultType: "50126" })]).hasSuccess).toBe(false);
    const fields = { IsInteractive: false };
    expect(tallyOf([row({ at: "09:00", resultType: "0", fields })]).hasSuccess).toBe(false);
  });

  test("is the span of its times, and how many people there are", () => {
    const tally = tallyOf([
      row({ at: "10:00" }),
      row({ at: "09:00", user: bob }),
      row({ at: "09:30", fields: { UserPrincipalName: "Alice@Contoso.com " } }),
      row({ at: "11:00", fields: { UserPrincipalName: "", UserId: "" } }),
    ]);
    expect([tally.oldestAt, tally.newestAt]).toEqual([time("09:00"), time("11:00")]);
    expect(tally.users.size).toBe(2);
  });
});

describe("unknown texts", () => {
  test("are counted by rows, and those of other failures are not MFA texts", () => {
    const text = "MFA denied; something new";
    const steps = [step({ at: "09:00", text }), step({ at: "09:00", text })];
    const tally = tallyOf([
      row({ at: "09:00", steps }),
      row({ at: "09:01", status: text }),
      row({ at: "09:02", resultType: "50126", status: "Invalid username or password." }),
    ]);
    expect([...tally.unknownTexts]).toEqual([[text, 2]]);
  });

  test("are cut, and never so that half a character is left", () => {
    const tally = tallyOf([row({ at: "09:00", status: "x".repeat(500) })]);
    expect([...tally.unknownTexts.keys()]).toEqual([`${"x".repeat(longestUnknownText - 1)}…`]);
    const wide = tallyOf([row({ at: "09:00", status: "x".repeat(198) + "😀".repeat(9) })]);
    expect([...wide.unknownTexts.keys()]).toEqual([`${"x".repeat(198)}…`]);
  });

  test("are kept to a thousand, and those that are known go on being counted", () => {
    const rows = Array.from({ length: 1_200 }, (_, index) =>
      row({ at: time("09:00") + index, status: `new text ${index}` }),
    );
    const tally = tallyOf([...rows, row({ at: "10:00", status: "new text 0" })]);
    expect(tally.unknownTexts.size).toBe(1_000);
    expect(tally.unknownTexts.get("new text 0")).toBe(2);
  });
});

test("a read in parts shows what one read shows, whatever the parts and their order", () => {
  const request = "22222222-2222-4222-8222-222222222222";
  const rows = [
    row({ at: "09:00", request }),
    row({ at: "09:01", request, steps: [noResponse("09:01")] }),
    row({ at: "09:02", status: "MFA denied; something new" }),
    row({ at: "09:03", resultType: "0" }),
    row({ at: "09:04", user: bob, steps: [wrongCode("09:04"), pending("09:05")] }),
    row({ at: "09:05", fields: { CreatedDateTime: "", TimeGenerated: "" } }),
  ];
  const whole = tallyOf(rows);
  const part = fc.array(fc.constantFrom(...rows), { minLength: 0, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const sum = emptyTally();
      [...parts, rows].forEach((each) => addTally(sum, tallyOf(each)));
      expect({ ...sum, unknownTexts: [...sum.unknownTexts.keys()] }).toEqual({
        ...whole,
        unknownTexts: [...whole.unknownTexts.keys()],
      });
    }),
  );
});
