import { describe, expect, test } from "vitest";
import {
  createBody,
  createdRevisionOf,
  describeEdits,
  revisionOf,
  saysTheSame,
  updateBody,
  type IncidentProperties,
} from "../../../src/sinks/sentinel/incidentBody.ts";
import { fingerprintsOf } from "../../../src/detection/incidents/fingerprints.ts";
import { approvedIncident, incident } from "../../run/incidents.ts";

const created = createBody(incident(1));
const grown = (from: IncidentProperties = created, revision = 2) =>
  updateBody(from, incident(revision));
const namesOf = ({ labels }: IncidentProperties) =>
  (labels ?? []).map(({ labelName }) => labelName);

test("a new incident is New, with its text, its times and our labels", () => {
  expect(created).toMatchObject({
    title: "MFA push attack on alice@contoso.com",
    severity: "Medium",
    status: "New",
    firstActivityTimeUtc: "2026-03-10T09:00:00.000Z",
    lastActivityTimeUtc: "2026-03-10T09:01:00.000Z",
  });
  expect(namesOf(created).slice(0, 2)).toEqual(["explicit-mfa-deny", "T1621"]);
  expect(revisionOf(created)).toBe(1);
});

test("growth brings up to date what we wrote, but never the title", () => {
  const text = { ...incident(2).text, title: "Another title" };
  expect(updateBody(created, incident(2, { text }))).toMatchObject({
    title: created.title,
    description: incident(2).text.description,
    lastActivityTimeUtc: "2026-03-10T09:02:00.000Z",
  });
});

test("growth is written at a higher revision only", () => {
  expect(grown(created, 1)).toBeNull();
  expect(updateBody(grown(created, 3)!, incident(2))).toBeNull();
  expect(revisionOf(grown(created, 3)!)).toBe(3);
});

describe("what somebody edited stays", () => {
  test.each([
    ["title", "Alice's phone"],
    ["description", "Talked to her."],
    ["description", ""],
    ["severity", "Low"],
    ["status", "Active"],
    ["firstActivityTimeUtc", "2026-03-09T00:00:00.000Z"],
    ["owner", { assignedTo: "Bob" }],
    ["classification", "TruePositive"],
  ])("%s", (property, value) => {
    const once = grown({ ...created, [property]: value });
    const twice = updateBody(once!, approvedIncident(3));
    expect(once).toMatchObject({ [property]: value });
    expect(twice).toMatchObject({ [property]: value });
    expect(revisionOf(twice!)).toBe(3);
  });

  test("a label that was added, beside ours and without the mark twice", () => {
    const edited = { ...created, labels: [...created.labels!, { labelName: "vip" }] };
    const names = namesOf(updateBody(edited, approvedIncident(2))!);
    expect(names.filter((name) => !name.startsWith("mfa-deny:"))).toEqual([
      "explicit-mfa-deny",
      "T1621",
      "approved-after",
      "vip",
    ]);
    expect(names.filter((name) => name.startsWith("mfa-deny:"))).toHaveLength(1);
  });

  test("all of it if the mark was removed, because it is unknown what was edited", () => {
    const edited = { ...created, labels: [] };
    expect(grown(edited)).toMatchObject({
      description: created.description,
      severity: created.severity,
    });
    expect(revisionOf(edited)).toBe(0);
    expect(revisionOf(grown(edited)!)).toBe(2);
  });

  test("also that somebody emptied it", () => {
    const { description: _, ...without } = created;
    expect(grown(without)).not.toHaveProperty("description");
  });

  test.each([
    "mfa-deny:",
    "mfa-deny:rx",
    "mfa-deny:xr1",
    "mfa-deny:r1x",
    "mfa-deny:r",
    "mfa-deny:1:2:3",
    "mfa-deny:r-1",
  ])("all of it where the mark is spoiled: %s", (labelName) => {
    const edited = { ...created, labels: [{ labelName }] };
    expect(revisionOf(edited)).toBe(0);
    expect(grown(edited)).toMatchObject({ description: created.description });
  });
});

test("our mark is short, and has the revisions of the text and of the creation", () => {
  const names = namesOf(grown(createBody(incident(10)), 12)!);
  expect(names.at(-1)).toMatch(/^mfa-deny:r12(?::[\da-f]{8}){4}:r10$/);
  expect(revisionOf(grown(createBody(incident(10)), 12)!)).toBe(12);
  expect(createdRevisionOf(grown(createBody(incident(10)), 12)!)).toBe(10);
});

describe("where the state remembers what was written", () => {
  const printsOf = (of: number) => fingerprintsOf(incident(of).text).join(":");
  const remembering = (revision: number, ...known: readonly number[]) =>
    incident(revision, {
      written: Object.fromEntries(known.map((each) => [each, printsOf(each)])),
    });
  const first = createBody(remembering(1, 1));

  test("labels are those of the text and the revisions, and no other incident has others", () => {
    expect(namesOf(first)).toEqual(["explicit-mfa-deny", "T1621", "mfa-deny:r1:::::r1"]);
    const other = incident(1, { id: "another", text: { ...incident(7).text }, written: {} });
    expect(namesOf(createBody(other))).toEqual(namesOf(first));
    expect(namesOf(updateBody(first, remembering(3, 1, 2, 3))!).at(-1)).toBe("mfa-deny:r3:::::r1");
  });

  test("growth brings up to date what we wrote, at the revision that the incident shows", () => {
    const second = updateBody(first, remembering(2, 1, 2))!;
    expect(second).toMatchObject({ description: incident(2).text.description });
    const fourth = updateBody(second, remembering(4, 1, 2, 3, 4))!;
    expect(fourth).toMatchObject({ description: incident(4).text.description });
  });

  test("what somebody edited stays", () => {
    const edited = updateBody({ ...first, severity: "Low" }, remembering(2, 1, 2));
    expect(edited).toMatchObject({ severity: "Low", description: incident(2).text.description });
  });

  test("all of it stays where the state was lost, because it is unknown what was edited", () => {
    expect(updateBody(first, remembering(2, 2))).toMatchObject({
      description: first.description,
      lastActivityTimeUtc: first.lastActivityTimeUtc,
    });
  });

  test("what an earlier version kept in the label still counts, and goes with the next change", () => {
    const updated = updateBody(created, remembering(2, 2))!;
    expect(updated).toMatchObject({ description: incident(2).text.description });
    expect(namesOf(updated).at(-1)).toBe("mfa-deny:r2:::::r1");
  });
});

test("an incident without labels has no mark", () => {
  const { labels: _, ...without } = created;
  expect([revisionOf(without), createdRevisionOf(without)]).toEqual([0, 0]);
  expect(namesOf(grown(without)!)).toEqual([
    "explicit-mfa-deny",
    "T1621",
    expect.stringMatching(/^mfa-deny:r2:/),
  ]);
  expect(grown(without)).toMatchObject({ description: created.description });
});

test("edited properties are named: severity and description", () => {
  const told = (edit: Partial<IncidentProperties>) =>
    describeEdits({ ...created, ...edit }, incident(1));
  expect(told({})).toBe("");
  expect(told({ title: "Alice's phone", status: "Active" })).toBe("");
  expect(told({ severity: "Low" })).toBe("\nEdited here, so left as it is: severity (Low).");
  expect(told({ description: "" })).toBe("\nEdited here, so left as it is: description.");
  expect(told({ severity: "Low", description: "Talked to her." })).toBe(
    "\nEdited here, so left as it is: severity (Low), description.",
  );
});

test("an edit that was reverted is not an edit", () => {
  const edited = grown({ ...created, severity: "Low" })!;
  const back = { ...edited, severity: "Medium" };
  expect(updateBody(back, approvedIncident(3))).toMatchObject({ severity: "High" });
});

test("a time that a service returns with other digits is not an edit", () => {
  const rewritten = {
    ...created,
    firstActivityTimeUtc: "2026-03-10T09:00:00Z",
    lastActivityTimeUtc: "2026-03-10T09:01:00.0000000Z",
  };
  expect(grown(rewritten)).toMatchObject({ lastActivityTimeUtc: "2026-03-10T09:02:00.000Z" });
  const other = { ...created, lastActivityTimeUtc: "2026-03-10T09:01:00.001Z" };
  expect(grown(other)).toMatchObject({ lastActivityTimeUtc: "2026-03-10T09:01:00.001Z" });
});

test("an empty description that a service omits is not an edit", () => {
  const text = { ...incident(1).text, description: "" };
  const { description, ...without } = createBody(incident(1, { text }));
  expect(description).toBe("");
  expect(grown(without)).toMatchObject({ description: incident(2).text.description });
});

describe("what we wrote last says the same", () => {
  test("as long as the judgement does, whoever edited it and whatever its revision", () => {
    expect(saysTheSame(created, incident(1))).toBe(true);
    expect(saysTheSame({ ...created, severity: "Low" }, incident(1))).toBe(true);
    expect(saysTheSame(created, { ...incident(1), revision: 7 })).toBe(true);
  });

  test("no longer when it grew, and never without a mark", () => {
    expect(saysTheSame(created, incident(2))).toBe(false);
    expect(saysTheSame({ ...created, labels: [] }, incident(1))).toBe(false);
    const { title, severity, status } = created;
    expect(saysTheSame({ title, severity, status }, incident(1))).toBe(false);
  });
});
