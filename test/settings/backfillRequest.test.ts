import { describe, expect, test } from "vitest";
import { presets } from "../../src/detection/rules/presets.ts";
import { readBackfillRequest, readTuneRequest } from "../../src/settings/backfillRequest.ts";
import { time } from "../builders.ts";

const rules = presets.filter(({ mode }) => mode === "on");
const settings = {
  workspaces: ["west", "east"].map((name) => ({ name, workspaceId: "", resourceId: "" })),
  dryRun: false,
};
const now = time("12:00:00");
const good = { from: "2026-03-10T08:00:00Z", to: "2026-03-10T09:00:00Z" };
const moment = "must be a time such as 2026-03-10T09:00:00Z";

const read = (body: unknown) =>
  readBackfillRequest(typeof body === "string" ? body : JSON.stringify(body), settings, rules, now);

/** Field → what is wrong with it. */
function problemsOf(body: unknown): readonly (readonly [string, string])[] {
  const answer = read(body);
  return "length" in answer ? answer.map(({ field, problem }) => [field, problem]) : [];
}

describe("a request", () => {
  test("without rules or workspaces means those of the settings", () => {
    expect(read(good)).toEqual({
      from: time("08:00:00"),
      to: time("09:00:00"),
      rules: ["explicit-mfa-deny", "mfa-deny-then-approve"],
      workspaces: ["east", "west"],
      dryRun: false,
    });
  });

  test("is dry while the app is, whatever it says", () => {
    const body = JSON.stringify({ ...good, dryRun: false });
    expect(readBackfillRequest(body, { ...settings, dryRun: true }, rules, now)).toMatchObject({
      dryRun: true,
    });
  });

  test("may name a rule of some workspace's own, and means each once without names", () => {
    const own = [...rules, ...rules, { id: "vip" }];
    const asked = (more: object) =>
      readBackfillRequest(JSON.stringify({ ...good, ...more }), settings, own, now);
    expect(asked({ rules: ["vip"] })).toMatchObject({ rules: ["vip"] });
    expect(asked({})).toMatchObject({
      rules: ["explicit-mfa-deny", "mfa-deny-then-approve", "vip"],
    });
  });

  test("may name rules that are off, workspaces, and be dry", () => {
    const body = { ...good, rules: ["mfa-deny-then-approve"], workspaces: ["west"], dryRun: true };
    expect(read(body)).toMatchObject({
      rules: ["mfa-deny-then-approve"],
      workspaces: ["west"],
      dryRun: true,
    });
  });

  test("says the same in any order, and with repetitions", () => {
    const [first, second] = presets.map(({ id }) => id);
    const spelt = { ...good, rules: [second, first, second], workspaces: ["west", "east", "west"] };
    const plain = { workspaces: ["east", "west"], rules: [first, second], ...good };
    expect(read(spelt)).toEqual(read(plain));
    expect(
      read({
        ...good,
        rules: ["explicit-mfa-deny", "mfa-deny-then-approve"],
        dryRun: false,
      }),
    ).toEqual(read(good));
  });

  test.each([
    ["2026-03-10T08:00:00Z", "08:00:00"],
    ["2026-03-10t08:00:00z", "08:00:00"],
    ["2026-03-10T08:00:00.25Z", "08:00:00.250"],
    ["2026-03-10T08:00:00.1234567Z", "08:00:00.123"],
    ["2026-03-10T10:00:00+02:00", "08:00:00"],
    ["2026-03-10T02:30:00-05:30", "08:00:00"],
  ])("understands %s", (from, clock) => {
    expect(read({ ...good, from })).toMatchObject({ from: time(clock) });
  });

  test("may end now, and not later", () => {
    expect(read({ ...good, to: "2026-03-10T12:00:00.000Z" })).toMatchObject({ to: now });
    expect(problemsOf({ ...good, to: "2026-03-10T12:00:00.001Z" })).toEqual([
      ["to", "lies in the future"],
    ]);
  });
});

describe("a request is refused", () => {
  test.each<[unknown]>([
    ["2026-03-10"],
    ["2026-03-10T08:00:00"],
    ["2026-03-10T08:00Z"],
    ["2026-03-10 08:00:00Z"],
    ["10 Mar 2026 08:00:00 GMT"],
    ["2026-02-30T08:00:00Z"],
    ["2026-03-10T25:00:00Z"],
    ["2026-03-10T08:00:00+0200"],
    ["0026-03-10T08:00:00Z"],
    ["PT1H"],
    [""],
    [1_773_129_600_000],
    [null],
    [{}],
  ])("for the time %j", (from) => {
    expect(problemsOf({ ...good, from })).toEqual([["from", moment]]);
    expect(problemsOf({ ...good, to: from })).toEqual([["to", moment]]);
  });

  test.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ["no JSON", "{", [["", "the body is not valid JSON"]]],
    ["no body", "", [["", "the body is not valid JSON"]]],
    ["a text", '"from"', [["", "must be an object"]]],
    ["null", null, [["", "must be an object"]]],
    [
      "nothing in it",
      {},
      [
        ["from", "is missing"],
        ["to", "is missing"],
      ],
    ],
    [
      "an end before its beginning",
      { from: good.to, to: good.from },
      [["from", "is not before to"]],
    ],
    ["no length", { from: good.from, to: good.from }, [["from", "is not before to"]]],
    ["an unknown field", { ...good, rule: "x" }, [["rule", "is not known"]]],
    ["no rule", { ...good, rules: [] }, [["rules", "is empty"]]],
    ["no list of rules", { ...good, rules: "explicit-mfa-deny" }, [["rules", "must be a list"]]],
    [
      "an unknown rule",
      { ...good, rules: ["explicit-mfa-deny", "x"] },
      [["rules[1]", `must be one of ${presets.map(({ id }) => id).join(", ")}`]],
    ],
    ["no workspace", { ...good, workspaces: [] }, [["workspaces", "is empty"]]],
    [
      "an unknown workspace",
      { ...good, workspaces: ["north"] },
      [["workspaces[0]", "must be one of west, east"]],
    ],
    ["a dryness that is text", { ...good, dryRun: "true" }, [["dryRun", "must be true or false"]]],
  ])("for %s", (_, body, expected) => {
    expect(problemsOf(body)).toEqual(expected);
  });

  test("for everything at once", () => {
    const wrong = {
      from: "2026-03-10T11:00:00Z",
      to: "2026-03-10T10:00:00Z",
      rules: ["x"],
      workspaces: 1,
      dryRun: 1,
      more: 1,
    };
    const fields = problemsOf(wrong).map(([field]) => field);
    expect(fields.toSorted()).toEqual(["dryRun", "from", "more", "rules[0]", "workspaces"]);
  });
});

describe("a request to tune", () => {
  const readTune = (body: object) => readTuneRequest(JSON.stringify(body), settings, rules, now);

  test("tries the main rule beside all rules in use, and is always dry", () => {
    expect(readTune(good)).toEqual({
      from: time("08:00:00"),
      to: time("09:00:00"),
      rules: ["explicit-mfa-deny", "mfa-deny-then-approve"],
      workspaces: ["east", "west"],
      dryRun: true,
      tune: "explicit-mfa-deny",
    });
    expect(
      readTune({ ...good, rule: "azure-ad-multiple-denied-mfa", workspaces: ["west"] }),
    ).toMatchObject({
      tune: "azure-ad-multiple-denied-mfa",
      rules: ["explicit-mfa-deny", "mfa-deny-then-approve"],
      workspaces: ["west"],
    });
  });

  test("names everything that is wrong with it", () => {
    expect(readTune({ from: good.to, to: good.from, rule: "x", dryRun: false })).toEqual([
      expect.objectContaining({ field: "rule" }),
      { field: "dryRun", problem: expect.any(String) },
      { field: "from", problem: "is not before to" },
    ]);
    expect(readTuneRequest("{", settings, rules, now)).toEqual([
      { field: "", problem: "the body is not valid JSON" },
    ]);
  });
});
