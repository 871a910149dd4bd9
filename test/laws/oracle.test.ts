/** Examples computed by hand, which pin the oracle itself. The numbers are those of the contract. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  alice,
  approved,
  bob,
  denialRow,
  denied,
  duplicateAttempt,
  fraudReported,
  noResponse,
  password,
  pending,
  row,
  step,
  tenantId,
  time,
  workspaceId,
  wrongCode,
  wrongNumber,
} from "../builders.ts";
import type { Row } from "../builders.ts";
import { rowsArbitrary, ruleArbitrary } from "./arbitraries.ts";
import { knownTexts, oracle, outcomeOf } from "./oracle.ts";
import type { OracleRule } from "./oracle.ts";

const minute = 60_000;

function rule(more: Partial<OracleRule> = {}): OracleRule {
  return {
    id: "rule-of-the-test",
    windowMs: 15 * minute,
    threshold: 3,
    kind: "sliding",
    counted: ["denied", "fraudReported"],
    severity: "Medium",
    approvalRequired: false,
    approvalWatchMs: 60 * minute,
    approvalRaises: "any",
    ...more,
  };
}

/** Every denial is its own finding: shows what was counted, and when. */
const everyDenial = rule({ threshold: 1, windowMs: 1 });

function denialsIn(rows: readonly Row[], more: Partial<OracleRule> = {}): number {
  return oracle(rows, { ...everyDenial, ...more }).reduce(
    (sum, finding) => sum + finding.denials,
    0,
  );
}

function timesIn(rows: readonly Row[], more: Partial<OracleRule> = {}): string[] {
  return oracle(rows, { ...everyDenial, ...more }).map((finding) => clock(finding.firstDenialAt));
}

function clock(at: number): string {
  return new Date(at)
    .toISOString()
    .slice(11, -1)
    .replace(/\.000$/, "");
}

/** first, triggered, last, count of each finding */
function burstsIn(rows: readonly Row[], more: Partial<OracleRule> = {}): string[] {
  return oracle(rows, rule(more)).map(
    (each) =>
      `${clock(each.firstDenialAt)} ${clock(each.triggeredAt)} ${clock(each.lastDenialAt)} ${each.denials}`,
  );
}

const denials = (...clocks: string[]) => clocks.map((each) => denialRow(each));

describe("1. candidates", () => {
  it("a refusal counts on whatever ResultType it rides", () => {
    for (const resultType of ["500121", 500_121, "0", "50140", "50074"]) {
      expect(denialsIn([row({ at: "09:00", resultType, steps: [denied("09:00")] })])).toBe(1);
    }
  });

  it("a row without 500121 whose texts cannot mean a denial classifies nothing", () => {
    const timeOut = (resultType: string) => [
      row({ at: "09:00", resultType, steps: [noResponse("09:00")] }),
    ];
    expect(denialsIn(timeOut("500121"), { counted: ["noResponse"] })).toBe(1);
    expect(denialsIn(timeOut("50074"), { counted: ["noResponse"] })).toBe(0);
  });

  it("a wrong number or a duplicate attempt makes a candidate of a row that ended otherwise", () => {
    for (const hiding of [wrongNumber, duplicateAttempt]) {
      const rows = [
        row({ at: "09:00", resultType: "0", steps: [hiding("09:00"), wrongCode("09:01")] }),
      ];
      expect(denialsIn(rows, { counted: ["wrongCode"] })).toBe(1);
    }
    const rows = [
      row({ at: "09:00", resultType: "0", steps: [noResponse("09:00"), wrongCode("09:01")] }),
    ];
    expect(denialsIn(rows, { counted: ["wrongCode"] })).toBe(0);
  });

  it("500121 with only the generic text is not a denial", () => {
    expect(denialsIn([row({ at: "09:00" })], { counted: ["denied", "unclassified"] })).toBe(0);
    expect(
      denialsIn([
        row({
          at: "09:00",
          status:
            "The user didn't complete the MFA prompt. They may have decided not to authenticate, timed out while doing other work, or has an issue with their authentication setup.",
        }),
      ]),
    ).toBe(0);
  });
});

describe("2. which candidates", () => {
  it("non-interactive rows are set aside, by column in either type or by table or category", () => {
    const fields = [
      { IsInteractive: false },
      { IsInteractive: "false" },
      { IsInteractive: "FALSE" },
      { Type: "AADNonInteractiveUserSignInLogs" },
      { Category: "NonInteractiveUserSignInLogs" },
    ];
    for (const each of fields) {
      expect(denialsIn([denialRow("09:00", { fields: each })])).toBe(0);
    }
  });

  it("interactive is what says so, and what says nothing", () => {
    for (const IsInteractive of [true, "true", "TRUE", undefined, null, ""]) {
      expect(denialsIn([denialRow("09:00", { fields: { IsInteractive } })])).toBe(1);
    }
  });

  it("the step of a row set aside suppresses no status", () => {
    const status = row({
      at: "09:00",
      request: "r",
      status: "MFA denied; user declined the authentication",
    });
    const steps = (IsInteractive: boolean) =>
      denialRow("09:03", { request: "r", fields: { IsInteractive } });
    expect(timesIn([status, steps(false)])).toEqual(["09:00:00"]);
    expect(timesIn([status, steps(true)])).toEqual(["09:03:00"]);
  });
});

describe("3. what the text says", () => {
  it.each([
    ["MFA denied; user declined the authentication", "denied"],
    ["mfa DENIED; user   declined\u00a0the authentication.", "denied"],
    ["Azure Multi-Factor Authentication denied; user declined the authentication", "denied"],
    ["User denied the authentication", "denied"],
    ["MFA Denied, Fraud Code Entered", "fraudReported"],
    ["MFA denied: Phone App Reported Fraud", "fraudReported"],
    ["SuspiciousActivityReported", "fraudReported"],
    ["MFA denied; user didn’t select the correct number", "wrongNumber"],
    ["MFA denied; user didn't respond to mobile app notification", "noResponse"],
    ["MFA denied; unable to reach the user’s phone", "noResponse"],
    ["MFA denied; invalid verification code", "wrongCode"],
    ["MFA denied; duplicate authentication attempt", "duplicateAttempt"],
    ["MFA denied; user is blocked", "blocked"],
    ["MFA denied; service error", "technical"],
    ["Authentication in progress", "pending"],
    ["MFA required in Azure AD", "challengeIssued"],
    ["MFA successfully completed", "approved"],
    ["MFA requirement satisfied by claim in the token", "satisfiedWithoutPrompt"],
    ["Correct password", "firstFactor"],
    ["Authentication failed during strong authentication request.", "unclassified"],
    ["User declined to consent to access the app.", "unclassified"],
    [undefined, "unclassified"],
    [["MFA denied; user declined the authentication"], "unclassified"],
  ])("%s: %s", (text, outcome) => {
    expect(outcomeOf(text)).toBe(outcome);
  });

  it("no text of the table has two classes", () => {
    for (const known of knownTexts) {
      expect(outcomeOf(known.text)).toBe(known.outcome);
    }
  });

  it("a rule counts the outcomes it names, by default refusals and fraud reports", () => {
    const rows = [
      row({
        at: "09:00",
        steps: [denied("09:00"), fraudReported("09:01"), wrongNumber("09:02"), noResponse("09:03")],
      }),
    ];
    expect(denialsIn(rows)).toBe(2);
    expect(denialsIn(rows, { counted: ["denied"] })).toBe(1);
    expect(denialsIn(rows, { counted: ["denied", "fraudReported", "wrongNumber"] })).toBe(3);
  });

  it("a step marked as succeeded is not a denial", () => {
    for (const succeeded of [true, "true", "True"]) {
      expect(denialsIn([row({ at: "09:00", steps: [denied("09:00", { succeeded })] })])).toBe(0);
    }
    for (const succeeded of [false, "false", "False", null]) {
      expect(denialsIn([row({ at: "09:00", steps: [denied("09:00", { succeeded })] })])).toBe(1);
    }
  });

  it("steps are read from text, from an array, and from text of text", () => {
    const steps = [password("08:59:40"), denied("09:00")];
    const shapes = [
      JSON.stringify(steps),
      JSON.stringify(steps, null, 2),
      steps,
      JSON.stringify(JSON.stringify(steps)),
    ];
    for (const AuthenticationDetails of shapes) {
      expect(denialsIn([row({ at: "09:00", fields: { AuthenticationDetails } })])).toBe(1);
    }
    for (const AuthenticationDetails of [
      "",
      "[]",
      null,
      undefined,
      "not JSON",
      {},
      [null, "text"],
    ]) {
      expect(denialsIn([row({ at: "09:00", fields: { AuthenticationDetails } })])).toBe(0);
    }
  });
});

describe("4. status as fallback", () => {
  const refusal = "MFA denied; user declined the authentication";

  it("the status adds one denial for a request, however many rows repeat it", () => {
    const rows = [
      row({ at: "09:00", request: "r", status: refusal }),
      row({ at: "09:02", request: "r", status: refusal }),
      row({ at: "09:02", request: "other", status: refusal }),
    ];
    expect(timesIn(rows)).toEqual(["09:00:00", "09:02:00"]);
  });

  it("the status is read from an object and from text", () => {
    for (const Status of [
      { additionalDetails: refusal },
      JSON.stringify({ additionalDetails: refusal }),
    ]) {
      expect(denialsIn([row({ at: "09:00", fields: { Status } })])).toBe(1);
    }
    expect(denialsIn([row({ at: "09:00", fields: { Status: "" } })])).toBe(0);
  });

  it("a denial step on any candidate row of the request takes its place", () => {
    const rows = [
      row({ at: "09:00", request: "r", status: refusal }),
      row({
        at: "09:05",
        request: "r",
        resultType: "0",
        steps: [denied("09:01"), denied("09:02")],
      }),
    ];
    expect(timesIn(rows)).toEqual(["09:01:00", "09:02:00"]);
    expect(timesIn(rows.toReversed())).toEqual(["09:01:00", "09:02:00"]);
  });

  it("a refusal and a fraud report count as the same", () => {
    const both = row({
      at: "09:00",
      request: "r",
      status: refusal,
      steps: [fraudReported("09:01")],
    });
    expect(oracle([both], everyDenial)).toMatchObject([{ denials: 1, fraudReports: 1 }]);
    const statuses = [
      row({ at: "09:00", request: "r", status: refusal }),
      row({ at: "09:04", request: "r", status: "SuspiciousActivityReported" }),
    ];
    expect(oracle(statuses, everyDenial)).toMatchObject([
      { denials: 1, fraudReports: 1, firstDenialAt: time("09:00") },
    ]);
  });

  it("nothing else cancels it: no other step, no step of another request or user, none that succeeded", () => {
    const status = row({ at: "09:00", request: "r", status: refusal });
    const others = [
      row({
        at: "09:00",
        request: "r",
        steps: [noResponse("09:01"), pending("09:01"), wrongNumber("09:02")],
      }),
      row({ at: "09:00", request: "r", steps: [denied("09:01", { succeeded: true })] }),
      row({ at: "09:00", request: "r", resultType: "0", steps: [approved("09:01")] }),
    ];
    for (const other of others) {
      expect(timesIn([status, other])).toEqual(["09:00:00"]);
    }
    const elsewhere = [
      denialRow("09:01", { request: "s" }),
      denialRow("09:01", { request: "r", user: bob }),
    ];
    for (const other of elsewhere) {
      expect(timesIn([status, other])).toEqual(["09:00:00", "09:01:00"]);
    }
  });
});

describe("5. the same prompt in several rows", () => {
  it("a cumulative step array is counted once", () => {
    const rows = [
      row({ at: "09:00", request: "r", steps: [denied("09:00")] }),
      row({ at: "09:00", request: "r", steps: [denied("09:00"), denied("09:01")] }),
      row({
        at: "09:00",
        request: "r",
        resultType: "0",
        steps: [denied("09:00"), denied("09:01"), approved("09:02")],
      }),
    ];
    expect(timesIn(rows)).toEqual(["09:00:00", "09:01:00"]);
  });

  it("one RequestSequence is one prompt, also across requests and as text", () => {
    const asked = "08:59:48";
    const rows = [
      row({ at: "09:00", request: "r", steps: [denied("09:00", { asked })] }),
      row({
        at: "09:00",
        request: "s",
        steps: [denied("09:00", { asked, fields: { RequestSequence: String(time(asked)) } })],
      }),
    ];
    expect(denialsIn(rows)).toBe(1);
    expect(
      denialsIn([rows[0]!, row({ at: "09:00", user: bob, steps: [denied("09:00", { asked })] })]),
    ).toBe(2);
  });

  it("two refusals in one second with sequences of their own are two", () => {
    const steps = [
      denied("09:00:00.100", { asked: "08:59:50" }),
      denied("09:00:00.900", { asked: "08:59:55" }),
    ];
    expect(denialsIn([row({ at: "09:00", steps })])).toBe(2);
  });

  it("without a sequence, request, method and whole second distinguish prompts", () => {
    const bare = (at: string, method?: string) =>
      denied(at, { sequences: false, ...(method && { method }) });
    const one = row({ at: "09:00", request: "r", steps: [bare("09:00:00")] });
    const others = {
      "the same again": [row({ at: "09:00", request: "r", steps: [bare("09:00:00")] }), 1],
      "another request": [row({ at: "09:00", request: "s", steps: [bare("09:00:00")] }), 2],
      "another method": [
        row({ at: "09:00", request: "r", steps: [bare("09:00:00", "Phone call")] }),
        2,
      ],
      "another second": [row({ at: "09:00", request: "r", steps: [bare("09:00:01")] }), 2],
    } as const;
    for (const [other, count] of Object.values(others)) {
      expect(denialsIn([one, other])).toBe(count);
    }
  });

  it("a sequence of a password step's size is not a sequence", () => {
    const small = (at: string) => denied(at, { fields: { StatusSequence: 0, RequestSequence: 1 } });
    expect(denialsIn([row({ at: "09:00", steps: [small("09:00:00"), small("09:00:05")] })])).toBe(
      2,
    );
  });

  it("a step without a sequence is the sequenced one of its request, method and second", () => {
    const sequenced = row({ at: "09:00", request: "r", steps: [denied("09:00:00.700")] });
    const bare = (at: string, request: string) =>
      row({ at: "09:00", request, steps: [denied(at, { sequences: false })] });
    expect(timesIn([sequenced, bare("09:00:00", "r")])).toEqual(["09:00:00"]);
    expect(timesIn([sequenced, bare("09:00:01", "r")])).toEqual(["09:00:00.700", "09:00:01"]);
    expect(timesIn([sequenced, bare("09:00:00", "s")])).toEqual(["09:00:00", "09:00:00.700"]);
  });

  it("of several sequenced prompts in its second it is the one with the lowest sequence", () => {
    const rows = [
      row({
        at: "09:00",
        request: "r",
        steps: [noResponse("09:00:00.200", { asked: "08:59:40" })],
      }),
      row({
        at: "09:00",
        request: "r",
        steps: [noResponse("09:00:00.100", { asked: "08:59:50" })],
      }),
      row({ at: "09:00", request: "r", steps: [denied("09:00:00", { sequences: false })] }),
    ];
    expect(denialsIn(rows)).toBe(1);
    expect(denialsIn(rows, { counted: ["noResponse"] })).toBe(2);
    expect(timesIn(rows)).toEqual(["09:00:00"]);
  });

  it("of several sequenced prompts in its second it is the one of its outcome", () => {
    const steps = [
      noResponse("09:00:00.200", { asked: "08:59:40" }),
      denied("09:00:00.300", { asked: "08:59:50" }),
    ];
    const rows = [
      row({ at: "09:00", request: "r", steps }),
      row({ at: "09:00", request: "r", steps: [denied("09:00:00", { sequences: false })] }),
    ];
    expect(denialsIn(rows)).toBe(1);
    expect(denialsIn(rows, { counted: ["noResponse"] })).toBe(1);
  });

  it("variants resolve over the whole set: fraud report, refusal, other outcome, pending", () => {
    const asked = "08:59:48";
    const variant = (of: typeof denied) =>
      row({ at: "09:00", request: "r", steps: [of("09:00", { asked })] });
    const outcomes = [fraudReported, denied, noResponse, pending].map(variant);
    const counted = ["fraudReported", "denied", "noResponse", "pending"];
    for (const [rank, outcome] of counted.entries()) {
      const rows = outcomes.slice(rank);
      for (const set of [rows, rows.toReversed()]) {
        // A prompt counts by any of its variants, and shows by the strongest.
        for (const variantOutcome of counted.slice(rank)) {
          expect(denialsIn(set, { counted: [variantOutcome] })).toBe(1);
        }
        expect(denialsIn(set, { counted: counted.slice(0, rank) })).toBe(0);
        const [found] = oracle(set, { ...everyDenial, counted });
        expect(found?.fraudReports).toBe(outcome === "fraudReported" ? 1 : 0);
      }
    }
  });

  it("the earliest time of the final variants counts, not that of a pending snapshot", () => {
    const asked = "08:59:48";
    const rows = [
      row({ at: "09:00", request: "r", steps: [pending("08:59:50", { asked })] }),
      row({ at: "09:00", request: "r", steps: [denied("09:00", { asked })] }),
    ];
    expect(timesIn(rows)).toEqual(["09:00:00"]);
    expect(timesIn(rows.slice(0, 1))).toEqual([]);
    expect(timesIn(rows.slice(0, 1), { counted: ["pending"] })).toEqual(["08:59:50"]);
  });

  it("the request is OriginalRequestId, else Id, else the row's own content; never CorrelationId", () => {
    const refusal = "MFA denied; user declined the authentication";
    const refused = (fields: Row, at = "09:00") => row({ at, status: refusal, fields });
    const two = (a: Row, b: Row) => denialsIn([refused(a), refused(b)]);
    expect(two({ Id: "1", OriginalRequestId: "r" }, { Id: "2", OriginalRequestId: "r" })).toBe(1);
    expect(two({ Id: "1", OriginalRequestId: "r" }, { Id: "1", OriginalRequestId: "s" })).toBe(2);
    expect(two({ Id: "1", OriginalRequestId: "" }, { Id: "1", OriginalRequestId: null })).toBe(1);
    expect(two({ Id: "1", OriginalRequestId: "" }, { Id: "2", OriginalRequestId: "" })).toBe(2);
    expect(
      two({ Id: "", OriginalRequestId: "" }, { Id: undefined, OriginalRequestId: undefined }),
    ).toBe(1);
    const none = { Id: "", OriginalRequestId: "" };
    expect(two(none, { ...none, IPAddress: "192.0.2.7" })).toBe(2);
    expect(two(none, { ...none, AppId: "another" })).toBe(2);
    expect(denialsIn([refused(none), refused(none, "09:00:01")])).toBe(2);
  });
});

describe("6. when it happened", () => {
  const absurd = "0001-01-01T00:00:00Z";

  it("the time of a step falls from StatusSequence to the step's, the sign-in's and the row's", () => {
    const at = (fields: Row, columns: Row = {}) =>
      timesIn([
        row({
          at: "09:10",
          published: "09:20",
          steps: [denied("09:00:05.250", { fields })],
          fields: columns,
        }),
      ]);
    expect(at({})).toEqual(["09:00:05.250"]);
    expect(at({ StatusSequence: String(time("09:00:07")) })).toEqual(["09:00:07"]);
    expect(at({ StatusSequence: 0 })).toEqual(["09:00:05"]);
    expect(at({ StatusSequence: undefined, authenticationStepDateTime: absurd })).toEqual([
      "09:10:00",
    ]);
    const bare = { StatusSequence: undefined, authenticationStepDateTime: "soon" };
    expect(at(bare)).toEqual(["09:10:00"]);
    for (const CreatedDateTime of [undefined, null, "", absurd, "2100-01-01T00:00:00Z"]) {
      expect(at(bare, { CreatedDateTime })).toEqual(["09:20:00"]);
    }
    expect(at(bare, { CreatedDateTime: undefined, TimeGenerated: absurd })).toEqual([]);
  });

  it("the time of a status falls from the sign-in's to the row's", () => {
    const status = "MFA denied; user declined the authentication";
    const at = (fields: Row) => timesIn([row({ at: "09:10", published: "09:20", status, fields })]);
    expect(at({})).toEqual(["09:10:00"]);
    expect(at({ CreatedDateTime: undefined })).toEqual(["09:20:00"]);
  });

  it("times have offsets and up to seven digits; three are kept", () => {
    const status = "MFA denied; user declined the authentication";
    const at = (CreatedDateTime: string) =>
      timesIn([row({ at: "07:00", status, fields: { CreatedDateTime } })]);
    expect(at("2026-03-10T11:00:00.5+02:00")).toEqual(["09:00:00.500"]);
    expect(at("2026-03-10T03:30:00-05:30")).toEqual(["09:00:00"]);
    expect(at("2026-03-10T09:00:00.1239999Z")).toEqual(["09:00:00.123"]);
  });

  it("the second of a step without a sequence is that of its own time, else of when it happened", () => {
    const bare = (fields: Row) =>
      row({
        at: "09:10",
        request: "r",
        steps: [denied("09:00:05", { fields: { RequestSequence: undefined, ...fields } })],
      });
    const late = { StatusSequence: time("09:00:07") };
    expect(timesIn([bare({}), bare(late)])).toEqual(["09:00:05"]);
    expect(timesIn([bare({}), bare({ ...late, authenticationStepDateTime: undefined })])).toEqual([
      "09:00:05",
      "09:00:07",
    ]);
  });
});

describe("7. who", () => {
  const three = (more: (i: number) => Row) =>
    ["09:00", "09:01", "09:02"].map((at, i) => denialRow(at, { fields: more(i) }));

  it("spellings of one name are one user", () => {
    const names = ["alice@contoso.com", "ALICE@Contoso.com", "  Alice@contoso.com "];
    expect(
      oracle(
        three((i) => ({ UserPrincipalName: names[i] })),
        rule(),
      ),
    ).toMatchObject([{ tenantId, user: alice.id, denials: 3 }]);
  });

  it("denials of two users or two tenants are not pooled", () => {
    expect(
      oracle(
        three((i) => ({ UserId: i === 0 ? bob.id : alice.id })),
        rule(),
      ),
    ).toEqual([]);
    expect(
      oracle(
        three((i) => ({ UserId: "", UserPrincipalName: i === 0 ? bob.name : alice.name })),
        rule(),
      ),
    ).toEqual([]);
    expect(
      oracle(
        three((i) => ({ AADTenantId: i === 0 ? "another" : tenantId })),
        rule(),
      ),
    ).toEqual([]);
    expect(
      oracle(
        three((i) => ({ AADTenantId: ["", tenantId, "another"][i] })),
        rule(),
      ),
    ).toEqual([]);
  });

  it("a tenant that is not named is the one that the others name", () => {
    expect(
      oracle(
        three((i) => ({ AADTenantId: i === 0 ? "" : tenantId })),
        rule(),
      ),
    ).toMatchObject([{ tenantId, denials: 3 }]);
  });

  it("an id that is not named is the one that the name has, when that is exactly one", () => {
    const found = (fields: (i: number) => Row) => oracle(three(fields), rule());
    const one = { user: alice.id, denials: 3 };
    expect(found((i) => ({ UserId: i === 0 ? alice.id : "" }))).toMatchObject([one]);
    expect(found((i) => ({ UserPrincipalName: i === 0 ? alice.id : alice.name }))).toMatchObject([
      one,
    ]);
    expect(
      found((i) => ({ UserId: "", UserPrincipalName: i === 0 ? alice.id : alice.name })),
    ).toEqual([]);
    expect(found((i) => ({ UserId: [alice.id, bob.id, ""][i] }))).toEqual([]);
  });

  it("masked names and zeros join nothing", () => {
    const nobody = "00000000-0000-0000-0000-000000000000";
    const masked = { UserPrincipalName: "{PII Removed}@contoso.com", UserId: nobody };
    expect(
      oracle(
        three(() => masked),
        rule(),
      ),
    ).toEqual([]);
    expect(
      oracle(
        three(() => ({ UserPrincipalName: nobody, UserId: nobody })),
        rule(),
      ),
    ).toEqual([]);
  });

  it("the tenant is the Entra tenant in any case, unknown when blank, and never the workspace", () => {
    const tenants = [tenantId.toUpperCase(), ` ${tenantId} `, tenantId];
    expect(
      oracle(
        three((i) => ({ AADTenantId: tenants[i] })),
        rule(),
      ),
    ).toMatchObject([{ tenantId }]);
    const blank = oracle(
      three((i) => ({ AADTenantId: ["", null, undefined][i], TenantId: workspaceId })),
      rule(),
    );
    expect(blank).toMatchObject([{ tenantId: null, denials: 3 }]);
  });

  it("a blank name falls back to the id", () => {
    const found = oracle(
      three((i) => ({ UserPrincipalName: ["", "  ", null][i] })),
      rule(),
    );
    expect(found).toMatchObject([{ user: alice.id, denials: 3 }]);
  });

  it("rows of nobody are never pooled", () => {
    for (const UserId of ["", null, undefined, "00000000-0000-0000-0000-000000000000"]) {
      expect(
        oracle(
          three(() => ({ UserPrincipalName: "", UserId })),
          rule(),
        ),
      ).toEqual([]);
    }
  });
});

describe("sliding bursts", () => {
  it("denials exactly one window apart fire, a millisecond more and they do not", () => {
    expect(burstsIn(denials("09:00", "09:07", "09:15:00.000"))).toEqual([
      "09:00:00 09:15:00 09:15:00 3",
    ]);
    expect(burstsIn(denials("09:00", "09:07", "09:15:00.001"))).toEqual([]);
  });

  it("a gap of exactly one window joins, a millisecond more cuts", () => {
    const first = ["09:00", "09:01", "09:02"];
    expect(burstsIn(denials(...first, "09:17:00.000"))).toEqual(["09:00:00 09:02:00 09:17:00 4"]);
    expect(burstsIn(denials(...first, "09:17:00.001"))).toEqual(["09:00:00 09:02:00 09:02:00 3"]);
  });

  it("the whole run belongs to the burst, and the trigger is the first moment the threshold was reached", () => {
    const rows = denials("09:00", "09:10", "09:20", "09:25", "09:30", "09:31");
    expect(burstsIn(rows)).toEqual(["09:00:00 09:25:00 09:31:00 6"]);
  });

  it("a streak that never reaches the threshold within one window is not a burst", () => {
    expect(burstsIn(denials("09:00", "09:10", "09:20", "09:30", "09:40"))).toEqual([]);
  });

  it("two runs of one user are two bursts, in order of their triggers", () => {
    const rows = denials("10:00", "10:01", "10:02", "09:00", "09:01", "09:02");
    expect(burstsIn(rows)).toEqual([
      "09:00:00 09:02:00 09:02:00 3",
      "10:00:00 10:02:00 10:02:00 3",
    ]);
  });

  it("findings of one moment are in order of the users", () => {
    const rows = [denialRow("09:00", { user: bob }), denialRow("09:00", { user: alice })];
    expect(oracle(rows, everyDenial).map((finding) => finding.user)).toEqual([bob.id, alice.id]);
  });
});

describe("tumbling bursts", () => {
  const tumbling = { kind: "tumbling" } as const;

  it("a bucket includes its first moment and excludes its last", () => {
    expect(burstsIn(denials("09:00:00.000", "09:07", "09:14:59.999"), tumbling)).toEqual([
      "09:00:00 09:14:59.999 09:14:59.999 3",
    ]);
    expect(burstsIn(denials("09:00", "09:07", "09:15:00.000"), tumbling)).toEqual([]);
    expect(burstsIn(denials("08:59:59.999", "09:07", "09:14"), tumbling)).toEqual([]);
  });

  it("adjoining buckets that fire are one burst, triggered in the first", () => {
    const rows = denials("09:10", "09:11", "09:12", "09:13", "09:15", "09:20", "09:29");
    expect(burstsIn(rows, tumbling)).toEqual(["09:10:00 09:12:00 09:29:00 7"]);
  });

  it("denials of a bucket beside it that does not fire stay out", () => {
    const rows = denials("08:59", "09:10", "09:11", "09:12", "09:15", "09:16");
    expect(burstsIn(rows, tumbling)).toEqual(["09:10:00 09:12:00 09:12:00 3"]);
  });

  it("a bucket that does not fire parts two bursts", () => {
    const rows = denials("09:10", "09:11", "09:12", "09:20", "09:30", "09:31", "09:32");
    expect(burstsIn(rows, tumbling)).toEqual([
      "09:10:00 09:12:00 09:12:00 3",
      "09:30:00 09:32:00 09:32:00 3",
    ]);
  });
});

describe("approvals and severity", () => {
  // triggered at 09:02, last denial at 09:10
  const burst = ["09:00", "09:01", "09:02", "09:10"].map((at) =>
    denialRow(at, { request: `request of ${at}`, address: "203.0.113.10" }),
  );
  const approvalRow = (at: string, more: Partial<Parameters<typeof row>[0]> = {}) =>
    row({ at, resultType: "0", address: "192.0.2.7", steps: [approved(at)], ...more });
  const found = (extra: readonly Row[], more: Partial<OracleRule> = {}) => {
    const [finding] = oracle([...burst, ...extra], rule(more));
    const approval = finding?.approval;
    return (
      finding &&
      `${finding.severity} ${approval ? `${clock(approval.at)} ${approval.match}` : "none"}`
    );
  };

  it("without an approval the severity is the rule's own", () => {
    expect(found([])).toBe("Medium none");
    expect(found([], { severity: "Informational" })).toBe("Informational none");
  });

  it("a fraud report that counts raises", () => {
    expect(found([row({ at: "09:05", steps: [fraudReported("09:05")] })])).toBe("High none");
    expect(
      found([row({ at: "09:05", steps: [fraudReported("09:05")] })], { counted: ["denied"] }),
    ).toBe("Medium none");
  });

  it("an approval counts from the trigger on until the watch after the last denial ends, inclusively", () => {
    expect(found([approvalRow("09:01:59.999")])).toBe("Medium none");
    expect(found([approvalRow("09:02")])).toBe("High 09:02:00 other");
    expect(found([approvalRow("10:10:00.000")])).toBe("High 10:10:00 other");
    expect(found([approvalRow("10:10:00.001")])).toBe("Medium none");
    expect(found([approvalRow("09:10:30.001")], { approvalWatchMs: 30_000 })).toBe("Medium none");
  });

  it("an approval before the trigger resets nothing", () => {
    expect(found([approvalRow("09:00:30")])).toBe("Medium none");
  });

  it("an approval occurs only with 0, 50140 or 50199", () => {
    for (const resultType of ["0", 0, "50140", 50_140, "50199"]) {
      expect(found([approvalRow("09:05", { resultType })])).toBe("High 09:05:00 other");
    }
    for (const resultType of ["500121", "50074", ""]) {
      expect(found([approvalRow("09:05", { resultType })])).toBe("Medium none");
    }
  });

  it("what needed no prompt, or was marked as failed, is not an approval", () => {
    const text = "MFA requirement satisfied by claim in the token";
    expect(
      found([approvalRow("09:05", { steps: [step({ at: "09:05", text, succeeded: true })] })]),
    ).toBe("Medium none");
    for (const succeeded of [false, "false"]) {
      expect(found([approvalRow("09:05", { steps: [approved("09:05", { succeeded })] })])).toBe(
        "Medium none",
      );
    }
    expect(found([approvalRow("09:05", { steps: [approved("09:05", { succeeded: null })] })])).toBe(
      "High 09:05:00 other",
    );
  });

  it("the status approves where no step of its own row does", () => {
    const status = approvalRow("09:05", {
      request: "r",
      steps: [],
      status: "MFA completed in Azure AD",
    });
    expect(found([status])).toBe("High 09:05:00 other");
    expect(found([status, approvalRow("09:07", { request: "r" })])).toBe("High 09:05:00 other");
    const both = approvalRow("09:05", {
      steps: [approved("09:07")],
      status: "MFA completed in Azure AD",
    });
    expect(found([both])).toBe("High 09:07:00 other");
    const cut = String(both["AuthenticationDetails"]).replace(/]$/, ",{");
    expect(found([{ ...both, AuthenticationDetails: cut }])).toBe("High 09:05:00 other");
    expect(found([status, approvalRow("09:07", { request: "r", resultType: "50074" })])).toBe(
      "High 09:05:00 other",
    );
  });

  it("non-interactive approvals and those of other users do not count", () => {
    expect(found([approvalRow("09:05", { fields: { IsInteractive: false } })])).toBe("Medium none");
    expect(found([approvalRow("09:05", { user: bob })])).toBe("Medium none");
  });

  it("the strongest match is shown, then the earliest: same request, same address, other", () => {
    const other = approvalRow("09:03");
    const sameAddress = approvalRow("09:05", { address: " 203.0.113.10" });
    const laterStill = approvalRow("09:06", { address: "203.0.113.10" });
    const sameRequest = approvalRow("09:08", { request: "request of 09:00" });
    expect(found([other])).toBe("High 09:03:00 other");
    expect(found([other, laterStill, sameAddress])).toBe("High 09:05:00 same-address");
    expect(found([other, laterStill, sameAddress, sameRequest])).toBe("High 09:08:00 same-request");
  });

  it("two blank addresses are not the same address", () => {
    const blank = burst.map((each) => ({ ...each, IPAddress: "" }));
    const approval = approvalRow("09:05", { address: "" });
    expect(oracle([...blank, approval], rule())).toMatchObject([{ approval: { match: "other" } }]);
  });

  it("a setting narrows what raises to matched approvals", () => {
    expect(found([approvalRow("09:05")], { approvalRaises: "matched" })).toBe(
      "Medium 09:05:00 other",
    );
    const matched = approvalRow("09:05", { address: "203.0.113.10" });
    expect(found([matched], { approvalRaises: "matched" })).toBe("High 09:05:00 same-address");
  });

  it("a rule that requires an approval finds nothing without one", () => {
    expect(found([], { approvalRequired: true })).toBeUndefined();
    expect(found([approvalRow("09:01:59")], { approvalRequired: true })).toBeUndefined();
    expect(
      found([approvalRow("09:05")], { approvalRequired: true, approvalRaises: "matched" }),
    ).toBe("Medium 09:05:00 other");
  });

  it("the approval at the end of the request that was refused is its own request's", () => {
    const steps = [denied("09:00"), denied("09:01"), denied("09:02"), approved("09:03")];
    expect(oracle([row({ at: "09:00", resultType: "0", steps })], rule())).toMatchObject([
      { denials: 3, severity: "High", approval: { at: time("09:03"), match: "same-request" } },
    ]);
  });
});

describe("the generated rows", () => {
  const samples = fc
    .sample(rowsArbitrary(), { numRuns: 1000, seed: 20260310 })
    .map((rows) => oracle(rows, rule()));
  const findings = samples.flat();

  it("contain a burst in at least two of five sets", () => {
    expect(
      samples.filter((found) => found.length > 0).length / samples.length,
    ).toBeGreaterThanOrEqual(0.4);
  });

  it("contain every kind of finding: with and without fraud report, and with every match of an approval", () => {
    const often = (share: number) => expect(share / findings.length).toBeGreaterThan(0.02);
    often(findings.filter((each) => each.fraudReports > 0).length);
    often(findings.filter((each) => each.severity === "Medium").length);
    for (const match of ["same-request", "same-address", "other", undefined]) {
      often(findings.filter((each) => each.approval?.match === match).length);
    }
  });

  it("sometimes contain several bursts", () => {
    expect(samples.filter((found) => found.length > 1).length).toBeGreaterThan(10);
  });

  it("fire for any rule in at least one of five sets", () => {
    const pairs = fc.sample(fc.tuple(rowsArbitrary(), ruleArbitrary()), {
      numRuns: 1000,
      seed: 20260310,
    });
    const fired = pairs.filter(([rows, any]) => oracle(rows, any).length > 0);
    expect(fired.length / pairs.length).toBeGreaterThanOrEqual(0.2);
    expect(fired.some(([, any]) => any.kind === "tumbling")).toBe(true);
    expect(fired.some(([, any]) => any.approvalRequired)).toBe(true);
  });
});

describe("the oracle keeps the laws", () => {
  it("order: any permutation and any duplication of the rows give the same findings", () => {
    const shuffled = rowsArbitrary().chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        mixed: fc.shuffledSubarray([...rows, ...rows], { minLength: rows.length * 2 }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ruleArbitrary(), ({ rows, mixed }, any) => {
        expect(oracle(mixed, any)).toEqual(oracle(rows, any));
      }),
    );
  });

  it("monotone: every burst at a higher threshold lies inside one at a lower", () => {
    fc.assert(
      fc.property(rowsArbitrary(), ruleArbitrary(), (rows, any) => {
        const lower = oracle(rows, { ...any, approvalRequired: false });
        const higher = oracle(rows, {
          ...any,
          approvalRequired: false,
          threshold: any.threshold + 1,
        });
        for (const burst of higher) {
          const around = lower.filter(
            (each) =>
              each.user === burst.user &&
              each.tenantId === burst.tenantId &&
              each.firstDenialAt <= burst.firstDenialAt &&
              each.lastDenialAt >= burst.lastDenialAt &&
              each.denials >= burst.denials,
          );
          expect(around).toHaveLength(1);
        }
        if (any.kind === "sliding") {
          expect(higher.length).toBeLessThanOrEqual(lower.length);
        }
      }),
    );
  });
});
