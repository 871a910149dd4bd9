import { describe, expect, it } from "vitest";

import {
  classify,
  classifyApprovals,
  type Classified,
} from "../../../src/detection/signin/classify.ts";
import { parseCidr } from "../../../src/detection/signin/cidr.ts";
import { everything } from "../../../src/detection/signin/scope.ts";
import {
  alice,
  approved,
  bob,
  denialRow,
  denied,
  noResponse,
  password,
  pending,
  row,
  step,
  time,
  type Row,
} from "../../builders.ts";
import { excluding, rowAccountOf } from "../builders.ts";

const refused = "MFA denied; user declined the authentication";

/** Its kind, and why. */
function kindOf(classified: Classified): string {
  return classified.kind === "setAside" ? classified.reason : classified.kind;
}

function sightingsOf(record: Row) {
  const classified = classify(record);
  return classified.kind === "classified" ? classified.sightings : [];
}

describe("a record", () => {
  it("with a refusal is classified, whatever its ResultType", () => {
    for (const resultType of ["500121", 500_121, "0", "50140", "50074", ""]) {
      const record = row({ at: "09:00", resultType, steps: [denied("09:00")] });
      expect(kindOf(classify(record))).toBe("classified");
    }
  });

  it("with 500121 is classified even where it says nothing, and is counted as unclassified", () => {
    const silent = [
      row({ at: "09:00" }),
      row({ at: "09:00", steps: [password("09:00")] }),
      row({ at: "09:00", status: "MFA denied; something new" }),
      row({
        at: "09:00",
        status:
          "The user didn't complete the MFA prompt. They may have decided not to authenticate, timed out while doing other work, or has an issue with their authentication setup.",
      }),
    ];
    for (const record of silent) {
      expect(classify(record)).toMatchObject({
        kind: "classified",
        unclassified: true,
        // What the row says about names, requests and the array may be news for others.
        sightings: [{ source: "none", at: time("09:00") }],
      });
    }
    for (const record of [denialRow("09:00"), row({ at: "09:00", steps: [noResponse("09:00")] })]) {
      expect(classify(record)).toMatchObject({ kind: "classified", unclassified: false });
    }
  });

  it("that cannot contain a denial is set aside", () => {
    const plain = [
      row({ at: "09:00", resultType: "0", steps: [password("09:00"), approved("09:00")] }),
      row({ at: "09:00", resultType: "50074", steps: [noResponse("09:00")] }),
      row({
        at: "09:00",
        resultType: "65004",
        status: "User declined to consent to access the app.",
      }),
      {},
    ];
    for (const record of plain) {
      expect(kindOf(classify(record))).toBe("notCandidate");
    }
    const unseen = row({ at: "09:00", resultType: "0", status: "MFA denied; something new" });
    expect(kindOf(classify(unseen))).toBe("classified");
  });

  it("of a sign-in without a user's doing is set aside", () => {
    expect(kindOf(classify(denialRow("09:00", { fields: { IsInteractive: false } })))).toBe(
      "nonInteractive",
    );
  });

  it("of nobody is set aside, never pooled", () => {
    const fields = { UserPrincipalName: "", UserId: "00000000-0000-0000-0000-000000000000" };
    expect(classify(denialRow("09:00", { fields }))).toEqual({
      kind: "setAside",
      reason: "unattributable",
      account: null,
      sightings: [],
      approvals: [],
    });
  });

  it("that every rule excludes is set aside, one that a rule wants is not", () => {
    const record = denialRow("09:00", { address: "203.0.113.10" });
    const office = parseCidr("203.0.113.0/24");
    const scopes = [
      { users: [alice.name] },
      { users: [alice.id] },
      { addresses: office === null ? [] : [office] },
      { applications: ["c44b4083-3bb0-49c1-b47d-974e53cbdf3c"] },
    ].map((of) => excluding(of));
    for (const each of scopes) {
      expect(kindOf(classify(record, { scopes: [each] }))).toBe("excluded");
      expect(kindOf(classify(record, { scopes: [each, everything] }))).toBe("classified");
    }
    expect(kindOf(classify(record, { scopes }))).toBe("excluded");
    expect(kindOf(classify(record, { scopes: [excluding({ users: [bob.name] })] }))).toBe(
      "classified",
    );
    expect(kindOf(classify(record, { scopes: [] }))).toBe("classified");
  });

  it("that is excluded until a moment is set aside if all that it tells of happened before", () => {
    const steps = [denied("09:00"), denied("09:10")];
    const record = row({ at: "09:00", steps });
    const until = (clock: string) =>
      kindOf(
        classify(record, { scopes: [excluding({ users: [alice.name] }, { until: time(clock) })] }),
      );
    expect([until("09:05"), until("09:11")]).toEqual(["classified", "excluded"]);
  });

  it("keeps what it shows where it is excluded, and has no time without an end where it shows none", () => {
    const scope = excluding({ users: [alice.name] });
    const { sightings } = classify(denialRow("09:00"), { scopes: [scope] });
    expect(sightings).toEqual(classify(denialRow("09:00")).sightings);
    const timeless = denialRow("09:00", { fields: { UserPrincipalName: "", UserId: "" } });
    const office = excluding({ addresses: [parseCidr("0.0.0.0/0")].flatMap((each) => each ?? []) });
    expect(classify(timeless, { scopes: [office] })).toMatchObject({
      reason: "excluded",
      sightings: [],
    });
  });

  it("does not exist before it is published", () => {
    const record = denialRow("09:00", { published: "09:05" });
    expect(classify(record, { asOf: time("09:05") - 1 })).toEqual({
      kind: "setAside",
      reason: "notYetPublished",
      account: null,
      sightings: [],
      approvals: [],
    });
    expect(kindOf(classify(record, { asOf: time("09:05") }))).toBe("classified");
    expect(kindOf(classify(record, { asOf: null }))).toBe("classified");
    const unpublished = (fields: Row) =>
      denialRow("09:00", { fields: { TimeGenerated: "", ...fields } });
    expect(kindOf(classify(unpublished({}), { asOf: time("08:59") }))).toBe("notYetPublished");
    expect(kindOf(classify(unpublished({ CreatedDateTime: "" }), { asOf: time("08:59") }))).toBe(
      "classified",
    );
  });

  it("with a prompt whose time cannot be read is bad", () => {
    const untimed = {
      CreatedDateTime: "0001-01-01T00:00:00Z",
      TimeGenerated: "2026-02-31T00:00:00Z",
    };
    const byStatus = row({ at: "09:00", status: refused, fields: untimed });
    const byStep = row({
      at: "09:00",
      steps: [
        denied("09:00", { sequences: false, fields: { authenticationStepDateTime: "soon" } }),
      ],
      fields: untimed,
    });
    for (const record of [byStatus, byStep]) {
      expect(classify(record)).toEqual({
        kind: "bad",
        reason: "no readable time",
        account: rowAccountOf(alice),
        sightings: [],
        approvals: [],
      });
    }
    const halfTimed = row({
      at: "09:00",
      steps: [denied("09:00")],
      status: refused,
      fields: untimed,
    });
    const { kind, sightings } = classify(halfTimed);
    expect(kind).toBe("bad");
    expect(sightings.map(({ source }) => source)).toEqual(["step"]);
    const timed = row({ at: "09:00", steps: [denied("09:00")], fields: untimed });
    expect(kindOf(classify(timed))).toBe("classified");
    expect(kindOf(classify(row({ at: "09:00", fields: untimed })))).toBe("classified");
  });
});

describe("what a record shows of prompts", () => {
  it("is one sighting for each step that was not passed, and one for the Status", () => {
    const record = row({
      at: "09:00",
      published: "09:07",
      request: "request",
      status: refused,
      steps: [
        password("08:59:40"),
        denied("09:00:00.250"),
        noResponse("09:00:30"),
        pending("09:01"),
      ],
    });
    const common = { request: "request", publishedAt: time("09:07") };
    expect(sightingsOf(record)).toMatchObject([
      {
        ...common,
        source: "step",
        outcome: "denied",
        at: time("09:00:00.250"),
        askedAt: time("08:59:48.250"),
        method: "mobile app notification",
        second: time("09:00") / 1000,
        origin: { ipAddress: "203.0.113.10" },
      },
      { ...common, source: "step", outcome: "noResponse", at: time("09:00:30") },
      { ...common, source: "step", outcome: "pending", at: time("09:01") },
      {
        ...common,
        source: "status",
        outcome: "denied",
        at: time("09:00"),
        askedAt: null,
        method: "",
      },
    ]);
  });

  it("does not exist for a step that succeeded, but for one that does not say", () => {
    const withSuccess = (succeeded: unknown) =>
      sightingsOf(row({ at: "09:00", steps: [denied("09:00", { succeeded })] }));
    for (const succeeded of [true, "true", "True", 1]) {
      expect(withSuccess(succeeded)).toMatchObject([{ source: "none" }]);
    }
    for (const succeeded of [false, "False", 0, null, ""]) {
      expect(withSuccess(succeeded)).toHaveLength(1);
    }
  });

  it("happened at StatusSequence, else the step's time, else the sign-in's, else the publication", () => {
    const at = (fields: Row, columns: Row = {}) =>
      sightingsOf(
        row({
          at: "09:10",
          published: "09:20",
          steps: [denied("09:00:05.250", { fields })],
          fields: columns,
        }),
      )[0]?.at;
    expect(at({})).toBe(time("09:00:05.250"));
    expect(at({ StatusSequence: 0 })).toBe(time("09:00:05"));
    const untimed = { StatusSequence: 1, authenticationStepDateTime: "1601-01-01T00:00:00Z" };
    expect(at(untimed)).toBe(time("09:10"));
    expect(at(untimed, { CreatedDateTime: null })).toBe(time("09:20"));
  });

  it("counts seconds by the step's own time, else by when it happened", () => {
    const second = (fields: Row) =>
      sightingsOf(row({ at: "09:00", steps: [denied("09:00:05", { fields })] }))[0]?.second;
    const late = { StatusSequence: time("09:00:07.900") };
    expect(second(late)).toBe(time("09:00:05") / 1000);
    expect(second({ ...late, authenticationStepDateTime: "" })).toBe(time("09:00:07") / 1000);
  });
});

describe("the approvals that a record shows", () => {
  const approvalsOf = (record: Row) => {
    const { account, approvals } = classify(record);
    // The same without asking what else the record is.
    expect(classifyApprovals(record)).toEqual({ account, approvals });
    return approvals;
  };
  const approving = (more: Partial<Parameters<typeof row>[0]> = {}) =>
    row({ at: "09:00", request: "r", resultType: "0", steps: [approved("09:00:05")], ...more });

  it("are fresh steps of a sign-in that got past MFA, on rows set aside too", () => {
    for (const resultType of ["0", 0, "50140", "50199"]) {
      expect(approvalsOf(approving({ resultType, fields: { SessionId: "s-1" } }))).toEqual([
        {
          source: "step",
          at: time("09:00:05"),
          request: "r",
          requestAlias: null,
          requestBy: "original",
          ipAddress: "203.0.113.10",
          details: {
            location: null,
            application: "Azure Portal",
            method: "mobile app notification",
            session: "s-1",
          },
          publishedAt: time("09:02"),
        },
      ]);
    }
    for (const resultType of ["500121", "50074", "53003", ""]) {
      expect(approvalsOf(approving({ resultType, fields: { Status: "" } }))).toEqual([]);
    }
  });

  it("are a Status that says so", () => {
    const record = approving({ steps: [], status: "MFA completed in Azure AD" });
    expect(approvalsOf(record)).toMatchObject([{ source: "status", at: time("09:00") }]);
  });

  it("need a time in a fraud report, and no step", () => {
    const status = "MFA denied; fraud code reported";
    const reported = { at: "09:00", request: "r", steps: [], status };
    expect(classify(row(reported))).toMatchObject({
      sightings: [{ source: "status", outcome: "fraudReported", lends: false }],
    });
    for (const [text, lends] of [
      ["MFA denied; user declined the authentication", true],
      [status, false],
    ] as const) {
      const steps = [step({ at: "09:00:05", text, succeeded: false })];
      const { sightings } = classify(row({ ...reported, steps }));
      expect(sightings.at(-1)).toMatchObject({ source: "status", lends });
    }
    const fields = { CreatedDateTime: "", TimeGenerated: "" };
    expect(classify(row({ ...reported, fields }))).toMatchObject({
      kind: "bad",
      reason: "no readable time",
    });
  });

  it("name no method where the step has none", () => {
    const record = approving({ steps: [{ ...approved("09:00:05"), authenticationMethod: "" }] });
    expect(approvalsOf(record)).toMatchObject([{ details: { method: null } }]);
  });

  it("are not counted twice for a row, unless its array was cut off", () => {
    const status = "MFA completed in Azure AD";
    const repeated = approving({ status });
    expect(approvalsOf(repeated).map(({ source }) => source)).toEqual(["step"]);
    const AuthenticationDetails = String(repeated["AuthenticationDetails"]).replace(/]$/, ",{");
    const cut = approving({ status, fields: { AuthenticationDetails } });
    expect(approvalsOf(cut).map(({ source }) => source)).toEqual(["step", "status"]);
  });

  it("are none that were failed, needed no prompt, or have no time", () => {
    expect(approvalsOf(approving({ steps: [approved("09:00", { succeeded: "False" })] }))).toEqual(
      [],
    );
    const text = "MFA requirement satisfied by claim in the token";
    const claim = step({ at: "09:00", text, succeeded: true });
    expect(approvalsOf(approving({ steps: [claim], status: text }))).toEqual([]);
    const untimed = {
      CreatedDateTime: "",
      TimeGenerated: "",
      AuthenticationDetails: [
        approved("09:00", { sequences: false, fields: { authenticationStepDateTime: "" } }),
      ],
    };
    const status = "MFA completed in Azure AD";
    expect(approvalsOf(approving({ status, fields: untimed }))).toEqual([]);
  });

  it("are none of a sign-in without a user's doing, nor of nobody", () => {
    expect(approvalsOf(approving({ fields: { IsInteractive: "false" } }))).toEqual([]);
    expect(approvalsOf(approving({ fields: { UserPrincipalName: "", UserId: "" } }))).toEqual([]);
  });
});
