import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { ExplainReport } from "../../src/cli/explain/explainReport.ts";
import { presets } from "../../src/detection/rules/presets.ts";
import {
  alice,
  approved,
  bob,
  denialRow,
  denied,
  noResponse,
  password,
  row,
  type Row,
} from "../builders.ts";
import { cli, denials, ndjson, type Report } from "./terminal.ts";

const golden = readFileSync(fileURLToPath(new URL("golden/input.ndjson", import.meta.url)));
const everyRule = presets.flatMap(({ id }) => ["--rule", id]);
const refused = "MFA denied; user declined the authentication";

async function explain(
  args: readonly string[],
  stdin: string | Buffer,
  code = 0,
): Promise<ExplainReport> {
  const ended = await cli(["explain", "-", "--format", "json", ...args], { stdin });
  expect(ended.code).toBe(code);
  return JSON.parse(ended.out) as ExplainReport;
}

/** A sign-in of each kind, all of alice's but the last. */
const story: readonly Row[] = [
  row({ at: "09:00", status: refused, steps: [password("08:59:40"), denied("09:00")] }),
  row({ at: "09:02", steps: [denied("09:02", { sequences: false })] }),
  row({ at: "09:04", status: refused, fields: { IsInteractive: undefined } }),
  row({ at: "09:06", steps: [noResponse("09:06")] }),
  row({ at: "09:08", steps: [denied("09:08")], fields: { IsInteractive: "false" } }),
  row({ at: "09:10", resultType: "0", steps: [approved("09:10")] }),
  row({ at: "09:12" }),
  row({ at: "09:14", user: bob, steps: [denied("09:14")] }),
];

describe("explain as a table", () => {
  test("shows each row and then each user, closest to a finding first", async () => {
    const { code, out, err } = await cli(["explain", "-", ...everyRule], { stdin: ndjson(story) });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    await expect(out).toMatchFileSnapshot("golden/explain.txt");
  });

  test("of a user shows all of their rows and no others", async () => {
    const { out } = await cli(["explain", "-", "--user", " ALICE@contoso.com "], {
      stdin: ndjson(story),
    });
    expect(out.match(/^standard input/gm)).toHaveLength(7);
    expect(out).toContain("no candidate: neither its ResultType nor a text can mean a denial");
    expect(out).not.toContain("bob@");
  });

  test("says so if there is nothing to explain, or nothing about a user", async () => {
    const stdin = ndjson(story.slice(5, 6));
    const read = "Read 1 sign-in by 1 user, 2026-03-10 09:10 to 09:11; no MFA failures.\n";
    expect((await cli(["explain", "-"], { stdin })).out).toBe(
      `${read}\nNothing to explain: none of 1 rows can contain a denial.\n`,
    );
    expect((await cli(["explain", "-", "--user", "zoe@contoso.com"], { stdin })).out).toBe(
      `${read}\nzoe@contoso.com: no row of this user was read.\n`,
    );
  });

  test("suggests near names for a user of no row, on standard error", async () => {
    const stdin = ndjson(story);
    const asked = async (user: string) =>
      (await cli(["explain", "-", "--user", user], { stdin })).err;
    expect(await asked("alise@contoso.com")).toBe(
      "mfa-deny: alise@contoso.com is in no row; did you mean alice@contoso.com?\n",
    );
    expect(await asked("lice")).toContain("did you mean alice@contoso.com?");
    expect(await asked("alice@contoso.com")).toBe("");
    expect(await asked("somebody.else@contoso.com")).toBe("");
    expect(await asked("x".repeat(2_000))).toBe("");
  });

  test("shows no control or direction character as it is", async () => {
    const { out } = await cli(["explain", "-"], { stdin: golden });
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2028]/);
  });

  test("says when records could not be used, with exit code 3", async () => {
    const { code, out, err } = await cli(["explain", "-"], { stdin: `${ndjson(story)}oops\n` });
    expect(code).toBe(3);
    expect(out).toContain("PARTIAL");
    expect(err).toContain("mfa-deny: standard input:9: ");
  });
});

describe("explain as JSON", () => {
  test("shows for each text the time, the prompt and what each rule makes of it", async () => {
    const { rows } = await explain(["--user", alice.name], ndjson(story));
    const told = rows.map(({ texts }) =>
      texts.map(({ in: where, outcome, timeFrom, prompt, rules }) => [
        where,
        outcome,
        timeFrom,
        prompt === null ? null : `${prompt.number} ${prompt.by}`,
        rules["explicit-mfa-deny"] ?? null,
      ]),
    );
    expect(told).toEqual([
      [
        ["step 1", "firstFactor", "authenticationStepDateTime", null, null],
        ["step 2", "denied", "StatusSequence", "1 sent", "counted"],
        ["Status", "denied", "CreatedDateTime", "null silenced", "silenced"],
      ],
      [["step 1", "denied", "authenticationStepDateTime", "2 moment", "counted"]],
      [["Status", "denied", "CreatedDateTime", "3 status", "counted"]],
      [["step 1", "noResponse", "StatusSequence", "4 sent", "other-outcome"]],
      [["step 1", "denied", "StatusSequence", null, null]],
      [["step 1", "approved", "StatusSequence", null, null]],
      [],
    ]);
    expect(rows.map(({ kind, setAside, candidate }) => [kind, setAside, candidate])).toEqual([
      ["classified", null, "ResultType"],
      ["classified", null, "ResultType"],
      ["classified", null, "ResultType"],
      ["classified", null, "ResultType"],
      ["setAside", "nonInteractive", "ResultType"],
      ["setAside", "notCandidate", null],
      ["classified", null, "ResultType"],
    ]);
    expect(rows.at(-1)?.unclassified).toBe(true);
  });

  test("has the runs, the densest window and what is missing", async () => {
    const { users } = await explain(["--user", alice.id, ...everyRule], ndjson(story));
    const [user] = users;
    expect(user).toMatchObject({ user: alice.name, prompts: { denied: 3, noResponse: 1 } });
    expect(user?.rules.map(({ rule, missing }) => [rule, missing?.words ?? null])).toEqual([
      ["explicit-mfa-deny", "2 denials more within 15 minutes"],
      ["azure-ad-multiple-denied-mfa", "7 denials more in a fixed span of 10 minutes"],
      ["mfa-deny-then-approve", null],
    ]);
    expect(user?.rules[0]?.densest).toEqual({
      denials: 3,
      from: "2026-03-10T09:00:00.000Z",
      to: "2026-03-10T09:04:00.000Z",
    });
    expect(user?.rules[2]?.runs[0]?.finding).toMatchObject({
      triggeredAt: "2026-03-10T09:02:00.000Z",
      severity: "Medium",
      approval: { at: "2026-03-10T09:10:00.000Z", match: "same-address" },
    });
  });

  test("names the approval that is missing", async () => {
    const { users } = await explain(
      ["--rule", "mfa-deny-then-approve"],
      ndjson(denials("09:00", 2)),
    );
    expect(users[0]?.rules[0]?.missing?.words).toBe(
      "an approval from 2026-03-10T09:02:00.000Z to 2026-03-10T10:02:00.000Z",
    );
    const one = await explain(["--rule", "mfa-deny-then-approve"], ndjson(denials("09:00", 1)));
    expect(one.users[0]?.rules[0]?.missing?.words).toBe(
      "1 denial more within 1 hour, and an approval afterwards",
    );
  });

  test("has of everybody exactly the findings of detect", async () => {
    const { users, run } = await explain(everyRule, golden, 3);
    const explained = users.flatMap(({ user, rules }) =>
      rules.flatMap(({ runs }) =>
        runs.flatMap(({ finding }) =>
          finding === null
            ? []
            : `${user} ${finding.incidentId} ${finding.triggeredAt} ${finding.severity}`,
        ),
      ),
    );
    const found = JSON.parse(
      (await cli(["detect", "-", "--format", "json", ...everyRule], { stdin: golden })).out,
    ) as Report;
    expect(new Set(explained)).toEqual(
      new Set(
        found.findings.map(
          ({ user, incidentId, triggeredAt, severity }) =>
            `${user} ${incidentId} ${triggeredAt} ${severity}`,
        ),
      ),
    );
    expect(run).toMatchObject(
      Object.fromEntries(
        (["rows", "classified", "setAside", "badRecords", "unclassified", "partial"] as const).map(
          (name) => [name, (found.run as Readonly<Record<string, unknown>>)[name]],
        ),
      ),
    );
  });

  test("knows no row that --as-of leaves out, and says why", async () => {
    const args = ["--user", alice.name, "--as-of", "2026-03-10T09:04:00Z"];
    const { rows, users } = await explain(args, ndjson(story));
    expect(rows.map(({ setAside }) => setAside)).toEqual([
      null,
      null,
      ...Array.from({ length: 5 }, () => "notYetPublished"),
    ]);
    expect(users[0]?.prompts).toEqual({ denied: 2 });
  });
});

describe("--limit bounds the output, and counts what is left out", () => {
  const many = ["adam", "beth", "cleo"].flatMap((name, index) =>
    denials("09:00", index + 1, { user: { name: `${name}@contoso.com`, id: name } }),
  );

  test("rows in their order, users nearest to a finding first", async () => {
    const { rows, users, run } = await explain(["--limit", "2"], ndjson(many));
    expect(rows.map(({ place }) => place)).toEqual(["standard input:1", "standard input:2"]);
    expect(users.map(({ user }) => user)).toEqual(["cleo@contoso.com", "beth@contoso.com"]);
    expect(run).toMatchObject({ rows: 6, rowsLeftOut: 4, usersLeftOut: 1 });
    const { out } = await cli(["explain", "-", "--limit", "2"], { stdin: ndjson(many) });
    expect(out).toContain("and 4 more rows; --limit or --user shows them.\n");
    expect(out).toContain("and 1 more user; --limit or --user shows them.\n");
  });

  test("rows that may contain a denial come before others", async () => {
    const others = Array.from({ length: 3 }, () => story[5]!);
    const { rows } = await explain(
      ["--limit", "3", "--user", alice.name],
      ndjson([...others, ...denials("10:00", 2)]),
    );
    expect(rows.map(({ candidate }) => candidate)).toEqual([null, "ResultType", "ResultType"]);
  });

  test("a user's runs, those nearest to a finding are kept", async () => {
    const rows = [...denials("01:00", 1), ...denials("03:00", 3), ...denials("05:00", 2)];
    const { users } = await explain(["--limit", "2"], ndjson(rows));
    const [rule] = users[0]!.rules;
    expect(rule?.runs.map(({ denials: count }) => count)).toEqual([3, 2]);
    expect(rule?.runsLeftOut).toBe(1);
  });
});

describe("explain takes the options of detect", () => {
  test("another threshold changes what is missing", async () => {
    const { users } = await explain(["--threshold", "9", "--window", "1h"], ndjson(story));
    expect(users[0]?.rules[0]?.missing?.words).toBe("6 denials more within 1 hour");
  });

  test("exits with 1 only where asked to and something is found", async () => {
    const found = ndjson(denials("09:00", 5));
    await explain(["--exit-code"], found, 1);
    await explain([], found, 0);
    await explain(["--exit-code"], ndjson(denials("09:00", 4)), 0);
  });

  test("ends at the first bad record of a strict run", async () => {
    const ended = await cli(["explain", "-", "--strict"], { stdin: `${ndjson(story)}oops\n` });
    expect(ended).toMatchObject({ code: 2, out: "" });
  });

  test.each([
    [["-", "--limit", "0"], "--limit is '0'; it must be a whole number from 1 to 1000000"],
    [["-", "--format", "csv"], "--format is 'csv'; it must be one of table, json"],
    [["-", "--user", " "], "--user is blank; it must be NAME"],
    [["no-such-file"], "no-such-file: no such file or folder"],
    [["-", "--date-order", "ymd"], "--date-order is 'ymd'; it must be one of dmy, mdy"],
  ])("%j is refused in one sentence", async (args, sentence) => {
    expect(await cli(["explain", ...args])).toEqual({
      code: 2,
      out: "",
      err: `mfa-deny: ${sentence}\n`,
    });
  });
});

describe("the names that a row was read by", () => {
  const renamed = {
    "@timestamp": "2026-03-10T09:00:00Z",
    error_code: 500121,
    "Additional Details": "MFA denied; user declined the authentication",
    UPN: "alice@contoso.com",
    user_id: "00000000-0000-4000-8000-00000000a11c",
    "Request ID": "44444444-4444-4444-8444-444444444444",
  };

  test("are listed in JSON for every row, the usual ones too", async () => {
    const { rows } = await explain(
      ["--user", "alice@contoso.com"],
      ndjson([renamed, ...story.slice(0, 1)]),
    );
    expect(rows[0]?.readBy).toMatchObject({
      TimeGenerated: "@timestamp",
      "Status.errorCode": "error_code",
      "Status.additionalDetails": "Additional Details",
      UserPrincipalName: "UPN",
      UserId: "user_id",
      Id: "Request ID",
    });
    expect(rows[1]?.readBy).toMatchObject({ ResultType: "ResultType", UserId: "UserId" });
  });

  test("are listed in the table where they are not the usual ones", async () => {
    const { out } = await cli(["explain", "-"], { stdin: ndjson([renamed]) });
    expect(out).toMatch(/^ {2}read: .*TimeGenerated from @timestamp.*UserPrincipalName from UPN/m);
  });

  test("include a second name with another value, and the exact one wins", async () => {
    const { rows } = await explain(
      [],
      ndjson([{ ...story[0]!, user_principal_name: "eve@contoso.com" }]),
    );
    expect(rows[0]).toMatchObject({ user: "alice@contoso.com", conflicts: ["UserPrincipalName"] });
    const { out } = await cli(["explain", "-"], {
      stdin: ndjson([{ ...story[0]!, user_principal_name: "eve@contoso.com" }]),
    });
    expect(out).toContain(
      "two values under names of one meaning, the exact name wins: UserPrincipalName",
    );
  });
});

describe("the rows of a person", () => {
  const called = (minute: number, fields: Row) =>
    denialRow(`09:0${minute}`, { fields: { ...fields, UserPrincipalName: fields["name"] } });
  const names = [
    called(1, { UserId: alice.id, name: "" }),
    called(2, { UserId: alice.id, name: "new.alice@contoso.com" }),
    called(3, { UserId: alice.id, name: alice.name }),
    called(4, { UserId: undefined, name: alice.name }),
    called(5, { UserId: alice.id, name: alice.id }),
  ];
  // Successes, of which one has the id alone.
  const others = [undefined, ""].map((name, n) =>
    row({
      at: `08:3${n}`,
      resultType: "0",
      fields: name === undefined ? {} : { UserPrincipalName: name },
    }),
  );
  const strangers = [denialRow("09:06", { user: bob }), row({ at: "08:40", user: bob })];

  test.each([[alice.name], [alice.id], ["NEW.ALICE@contoso.com"]])(
    "are shown under any of their names: %s",
    async (user) => {
      for (const rows of [
        [...others, ...names, ...strangers],
        [...strangers, ...names, ...others],
      ]) {
        const { rows: shown, users } = await explain(["--user", user], ndjson(rows));
        expect(shown).toHaveLength(7);
        expect(users.map(({ prompts }) => prompts)).toEqual([{ denied: 5 }]);
      }
    },
  );

  test("are shown in their order, and candidates first where there are too many", async () => {
    const args = ["--user", alice.name, "--limit", "6"];
    const { rows, run } = await explain(args, ndjson([...others, ...strangers, ...names]));
    expect(rows.map(({ place }) => place.split(":").at(-1))).toEqual([
      "1",
      "5",
      "6",
      "7",
      "8",
      "9",
    ]);
    expect(run.rowsLeftOut).toBe(1);
  });
});
