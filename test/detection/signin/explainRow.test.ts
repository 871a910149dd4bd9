import { describe, expect, it } from "vitest";

import { candidateReason } from "../../../src/detection/signin/candidate.ts";
import { classifySignIn } from "../../../src/detection/signin/classify.ts";
import { explainRow } from "../../../src/detection/signin/explainRow.ts";
import { readTexts } from "../../../src/detection/signin/sighting.ts";
import { dialectOf, readSignIn } from "../../../src/detection/signin/signIn.ts";
import {
  approved,
  denied,
  noResponse,
  password,
  row,
  stamp,
  step,
  time,
  type Row,
} from "../../builders.ts";
import { clock } from "../builders.ts";

const refused = "MFA denied; user declined the authentication";

function reasonOf(record: Row) {
  return candidateReason(readSignIn(record));
}

/** Each text's place, class, time and where that came from, and whether it shows a prompt. */
function textsOf(record: Row): readonly string[] {
  return explainRow(record).texts.map(({ step: index, outcome, time: known, sighting }) =>
    [
      index ?? "Status",
      outcome,
      known === null ? "no time" : `${clock(known.at)} ${known.from}`,
      sighting === null ? "none" : sighting.outcome,
    ].join(" "),
  );
}

describe("a row is a candidate", () => {
  it("by its ResultType before anything else", () => {
    expect(reasonOf(row({ at: "09:00", status: refused, steps: [denied("09:00")] }))).toEqual({
      by: "resultType",
    });
  });

  it("by its Status, or else by the first step that can mean a denial", () => {
    const steps = [password("09:00"), approved("09:01"), denied("09:02"), denied("09:03")];
    expect(reasonOf(row({ at: "09:00", resultType: "0", status: refused, steps }))).toEqual({
      by: "status",
    });
    expect(reasonOf(row({ at: "09:00", resultType: "0", steps }))).toEqual({ by: "step", step: 2 });
  });

  it("or is none", () => {
    expect(reasonOf(row({ at: "09:00", resultType: "0", steps: [approved("09:00")] }))).toBeNull();
    expect(reasonOf(row({ at: "09:00", resultType: "50074" }))).toBeNull();
  });
});

describe("a text is shown with its class and its time", () => {
  it("from the sequence, else the step, else the row's sign-in, else its publication", () => {
    const bare = { sequences: false } as const;
    const timeless = { sequences: false, fields: { authenticationStepDateTime: "?" } } as const;
    const steps = [denied("09:00:01.250"), denied("09:00:02", bare), denied("09:00:03", timeless)];
    const full = row({ at: "09:05", published: "09:07", steps });
    expect(textsOf(full)).toEqual([
      "0 denied 09:00:01.250 StatusSequence denied",
      "1 denied 09:00:02 authenticationStepDateTime denied",
      "2 denied 09:05:00 CreatedDateTime denied",
    ]);
    expect(textsOf({ ...full, CreatedDateTime: null })[2]).toBe(
      "2 denied 09:07:00 TimeGenerated denied",
    );
    expect(textsOf({ ...full, CreatedDateTime: null, TimeGenerated: "soon" })[2]).toBe(
      "2 denied no time none",
    );
  });

  it("and is about a prompt unless its class or its success says otherwise", () => {
    const steps = [
      password("09:00"),
      denied("09:01"),
      denied("09:02", { succeeded: true }),
      approved("09:03"),
      noResponse("09:04"),
    ];
    expect(textsOf(row({ at: "09:05", status: refused, steps }))).toEqual([
      "0 firstFactor 09:00:00 authenticationStepDateTime none",
      "1 denied 09:01:00 StatusSequence denied",
      "2 denied 09:02:00 StatusSequence none",
      "3 approved 09:03:00 StatusSequence none",
      "4 noResponse 09:04:00 StatusSequence noResponse",
      "Status denied 09:05:00 CreatedDateTime denied",
    ]);
    expect(textsOf(row({ at: "09:05", status: "MFA required in Azure AD" }))).toEqual([
      "Status challengeIssued 09:05:00 CreatedDateTime none",
    ]);
  });

  it("and the sightings of a row are those texts, none more and none less", () => {
    const steps = [password("09:00"), denied("09:01"), approved("09:03")];
    const signIn = readSignIn(row({ at: "09:05", status: refused, steps }));
    const { sightings } = classifySignIn(signIn);
    expect(sightings).toHaveLength(2);
    expect(sightings).toEqual(readTexts(signIn).flatMap(({ sighting }) => sighting ?? []));
    const timeless = { ...signIn, createdAt: null, generatedAt: null, steps: [] };
    expect(classifySignIn(timeless)).toMatchObject({ kind: "bad", sightings: [] });
  });
});

describe("the dialect of a record is recognised by its names", () => {
  const plain = row({ at: "09:00" });

  it.each([
    ["log-analytics", plain],
    ["log-analytics", { ResultType: "0" }],
    ["diagnostic", { time: stamp(time("09:00")), properties: { userPrincipalName: "a" } }],
    ["diagnostic", { properties: '{"userPrincipalName":"a"}' }],
    ["graph", { signInEventTypes: ["interactiveUser"] }],
    ["graph", { createdDateTime: stamp(time("09:00")), status: { errorCode: 0 } }],
    ["graph", { properties: {}, userPrincipalName: "a" }],
  ] as const)("%s", (dialect, record) => {
    expect(dialectOf(record)).toBe(dialect);
    expect(explainRow(record).dialect).toBe(dialect);
  });
});

describe("what became of a row", () => {
  it("is what its classification says, with its texts also where it was set aside", () => {
    const later = row({ at: "09:00", published: "10:00", steps: [step({ at: "09:00" })] });
    const explained = explainRow(later, { asOf: time("09:30") });
    expect(explained.classified).toMatchObject({ kind: "setAside", reason: "notYetPublished" });
    expect(explained.candidate).not.toBeNull();
    expect(explained.texts).toHaveLength(1);
    expect(explainRow(later).classified).toMatchObject({ kind: "classified" });
  });
});
