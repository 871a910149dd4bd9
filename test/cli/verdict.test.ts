import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { approved, bob, denialRow, row, time, wrongCode, type Row } from "../builders.ts";
import { cli, denials, ndjson, temporaryFolder, type Report } from "./terminal.ts";

const success = row({ at: "08:00", resultType: "0", steps: [approved("08:00")] });

/** Failed requests that say nothing of why. */
const silent = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_, index) =>
    row({ at: `07:${String(index).padStart(2, "0")}`, user: bob }),
  );

async function judged(stdin: string, ...args: readonly string[]) {
  const { code, out, err } = await cli(["detect", "-", "--format", "json", ...args], { stdin });
  const { coverage, findings, run } = JSON.parse(out) as Report;
  return { code, err, coverage, findings, run, verdict: coverage.verdict };
}

async function table(stdin: string, ...args: readonly string[]): Promise<string> {
  return (await cli(["detect", "-", ...args], { stdin })).out;
}

describe("the exit code follows the verdict", () => {
  test("0 for complete, 3 for partial, 2 for blind; the report is printed in each", async () => {
    expect(await judged(ndjson([success, ...denials("09:00", 4)]))).toMatchObject({
      code: 0,
      verdict: "complete",
    });
    expect(await judged(ndjson([success, ...silent(3), ...denials("09:00", 2)]))).toMatchObject({
      code: 3,
      verdict: "partial",
    });
    expect(await judged(ndjson([success, ...silent(6)]))).toMatchObject({
      code: 2,
      verdict: "blind",
      run: { rows: 7, unclassified: 6 },
    });
  });

  test("but findings give 1 with --exit-code, whatever it is", async () => {
    const partial = ndjson([...denials("09:00", 5), ...silent(6)]);
    expect((await judged(partial)).code).toBe(3);
    expect((await judged(partial, "--exit-code")).code).toBe(1);
    expect((await judged(ndjson(silent(6)), "--exit-code")).code).toBe(2);
    expect((await judged(ndjson([success]), "--exit-code")).code).toBe(0);
  });

  test.each([
    ["no byte", ""],
    ["an empty array", "[]"],
    ["a header alone", "TimeGenerated,UserPrincipalName,ResultType,Status,IsInteractive\r\n"],
  ])("2 for an input with %s, and 0 where --allow-empty allows that", async (_, stdin) => {
    const { code, err } = await judged(stdin);
    expect({ code, err }).toEqual({
      code: 2,
      err: "mfa-deny: blind: The input is empty: it has no sign-in records (--allow-empty accepts that).\n",
    });
    expect(await judged(stdin, "--allow-empty")).toMatchObject({ code: 0, err: "" });
  });

  test("by the smallest threshold in use", async () => {
    const stdin = ndjson([success, ...silent(4)]);
    const one = ["--rule", "explicit-mfa-deny"];
    expect((await judged(stdin, ...one)).verdict).toBe("complete");
    expect((await judged(stdin, ...one, "--threshold", "4")).verdict).toBe("blind");
    expect((await judged(stdin, ...one, "--rule", "mfa-deny-then-approve")).verdict).toBe("blind");
  });

  test("by the share that --max-unexplained allows, with or without a percent sign", async () => {
    const stdin = ndjson([success, ...silent(2), ...denials("09:00", 4)]);
    expect((await judged(stdin)).code).toBe(0);
    expect((await judged(stdin, "--max-unexplained", "33")).code).toBe(3);
    expect((await judged(stdin, "--max-unexplained", "33.4%")).code).toBe(0);
    expect((await judged(stdin, "--max-unexplained", "0 %")).code).toBe(3);
  });

  test.each(["101", "-1", "many", "1e2", "%"])(
    "and %s is not a percentage: one sentence, exit code 2",
    async (percent) => {
      expect(await cli(["detect", "-", `--max-unexplained=${percent}`])).toEqual({
        code: 2,
        out: "",
        err: `mfa-deny: --max-unexplained is '${percent}'; it must be a percentage from 0 to 100\n`,
      });
    },
  );
});

describe("the table", () => {
  test("says No findings only for a complete read, with what was read", async () => {
    const rows = [success, ...denials("09:00", 3), denialRow("23:59:30", { user: bob })];
    expect(await table(ndjson(rows))).toMatch(
      /^No findings in 5 sign-ins by 2 users, 2026-03-10 08:00 to 24:00; 4 MFA failures, 100 % with a reason\.\n/,
    );
    expect(await table(ndjson([...rows, ...silent(6)]))).not.toContain("No findings");
    expect(await table(ndjson(silent(6)))).not.toContain("No findings");
    expect(await table("")).not.toContain("No findings");
  });

  test("has three sentences for an empty file, one without candidates and one that cannot tell", async () => {
    const first = async (stdin: string) => (await table(stdin)).split("\n")[0];
    expect([
      await first(""),
      await first(ndjson([success])),
      await first(ndjson(silent(5))),
    ]).toEqual([
      "BLIND: read 0 sign-ins; no MFA failures. This input cannot show refusals.",
      "No findings in 1 sign-in by 1 user, 2026-03-10 08:00 to 08:01; no MFA failures.",
      "BLIND: read 5 sign-ins by 1 user, 2026-03-10 07:00 to 07:05; 5 MFA failures, 0 % with a reason. This input cannot show refusals.",
    ]);
  });

  test("rounds a share down, so that 100 % means all and 0 % none", async () => {
    const share = async (reasons: number, others: number) => {
      const unexplained = Array.from({ length: others }, (_, index) =>
        row({ at: time("12:00") + index, user: bob }),
      );
      const out = await table(ndjson([success, ...denials("00:01", reasons), ...unexplained]));
      return / failures?, (.*) with a reason/.exec(out)?.[1];
    };
    expect(await share(300, 0)).toBe("100 %");
    expect(await share(300, 1)).toBe("99 %");
    expect(await share(1, 300)).toBe("under 1 %");
    expect(await share(0, 1)).toBe("0 %");
  });

  test("names a day again where the rows end on another one", async () => {
    const next = row({
      at: "09:00",
      resultType: "0",
      fields: { CreatedDateTime: "2026-03-12T00:00:00Z", TimeGenerated: "2026-03-12T00:05:00Z" },
    });
    expect(await table(ndjson([success, next]))).toContain("2026-03-10 08:00 to 2026-03-12 00:01;");
  });

  test("shows no control character of an unknown text as it is", async () => {
    const text = "MFA denied; new\u001b[31m\u202etxet";
    const out = await table(ndjson([success, row({ at: "09:00", status: text })]));
    expect(out).toContain(
      'MFA texts of no known class: "MFA denied; new[U+001B][31m[U+202E]txet" (1).',
    );
  });
});

describe("the verdict is in every format", () => {
  const stdin = ndjson([...denials("09:00", 5), ...silent(6)]);
  const output = async (format: string) =>
    (await cli(["detect", "-", "--format", format], { stdin })).out;

  test("JSON has all of it", async () => {
    const { coverage } = await judged(stdin);
    expect(coverage).toMatchObject({
      verdict: "partial",
      shortfalls: ["unexplained"],
      rows: 11,
      users: 2,
      mfaFailures: 11,
      withReason: 5,
      oldestRow: "2026-03-10T07:00:00.000Z",
      newestRow: "2026-03-10T09:08:00.000Z",
      atLeast: false,
      withoutSuccess: true,
      summary:
        "11 sign-ins by 2 users, 2026-03-10 07:00 to 09:09; 11 MFA failures, 45 % with a reason",
    });
    expect(coverage.notes).toEqual([
      "6 of 11 MFA failures have no reason; refusals among them are not counted.",
      "No successful sign-in in this export: approvals cannot be seen.",
    ]);
  });

  test("NDJSON in its last line, CSV in its last column, the table in a line of its own", async () => {
    const last = JSON.parse((await output("ndjson")).trimEnd().split("\n").at(-1)!) as Report;
    expect(last.coverage.verdict).toBe("partial");
    expect(await output("csv")).toMatch(/,verdict\r\n.*,partial\r\n$/);
    expect(await output("table")).toContain("\nPARTIAL: read 11 sign-ins by 2 users,");
  });
});

describe("messages in addition to a report for programs", () => {
  test("say why it is not complete; under --quiet only why it is blind", async () => {
    const partial = ndjson([...denials("09:00", 2), ...silent(3)]);
    const why =
      "mfa-deny: partial: 3 of 5 MFA failures have no reason; refusals among them are not counted.\n";
    expect((await judged(partial)).err).toBe(why);
    expect((await judged(partial, "--quiet")).err).toBe("");
    expect((await judged(ndjson(silent(5)), "--quiet")).err).toMatch(
      /^mfa-deny: blind: 5 MFA failures, none with a reason: /,
    );
    expect((await cli(["detect", "-"], { stdin: partial })).err).toBe("");
  });

  test("name the missing columns if records have neither a code nor a text", async () => {
    const projected = denials("09:00", 5).map(
      ({ TimeGenerated, UserPrincipalName, IPAddress, Id }) => ({
        TimeGenerated,
        UserPrincipalName,
        IPAddress,
        Id,
        Category: "SignInLogs",
      }),
    );
    const { code, err } = await judged(ndjson(projected));
    expect(code).toBe(2);
    expect(err).toMatch(
      /^mfa-deny: blind: No record has a result code or a result text, .*Missing: result code, result text, authentication details, .*ResultType, Status and AuthenticationDetails/,
    );
  });

  test("say which export has the reasons that Microsoft Graph v1.0 lacks", async () => {
    const folder = temporaryFolder();
    const sign = (index: number) => ({
      id: `33333333-3333-4333-8333-00000000000${index}`,
      createdDateTime: `2026-03-10T09:0${index}:00Z`,
      userPrincipalName: "bob@contoso.com",
      userId: bob.id,
      isInteractive: true,
      status: { errorCode: 500121, additionalDetails: "The user didn't complete the MFA prompt." },
    });
    const path = join(folder, "graph.json");
    writeFileSync(path, JSON.stringify({ value: [0, 1, 2, 3, 4].map(sign) }));
    const { code, out, err } = await cli(["detect", path, "--format", "json"]);
    expect({ code, err }).toMatchObject({ code: 2 });
    expect(err).toContain("none with a reason");
    expect((JSON.parse(out) as Report).coverage).toMatchObject({
      atLeast: true,
      unknownTexts: [{ text: "The user didn't complete the MFA prompt.", count: 5 }],
    });
    expect(err).toContain("use the beta endpoint");
    expect(err).not.toMatch(/English|lower bounds/);
  });
});

test("texts in another language are named as that", async () => {
  const status = "MFA refusée ; l’utilisateur a refusé l’authentification";
  const rows = Array.from({ length: 5 }, (_, index) => row({ at: `10:0${index}`, status }));
  const { code, err } = await judged(ndjson(rows));
  expect(code).toBe(2);
  expect(err).toContain("Texts and headers must be in English");
});

describe("counts are lower bounds", () => {
  test("for findings of rows without steps, and not for those with steps", async () => {
    const status = "MFA denied; user declined the authentication";
    const bare = Array.from({ length: 5 }, (_, index) =>
      row({ at: `10:0${index}`, user: bob, status }),
    );
    const { findings } = await judged(ndjson([success, ...denials("09:00", 5), ...bare]));
    expect(findings.map(({ user, atLeast }) => [user, atLeast])).toEqual([
      ["alice@contoso.com", false],
      ["bob@contoso.com", true],
    ]);
  });
});

test("explain ends with the same verdict and the same codes", async () => {
  const explained = async (rows: readonly Row[], ...args: readonly string[]) => {
    const stdin = ndjson(rows);
    const { code, out } = await cli(["explain", "-", "--format", "json", ...args], { stdin });
    return [code, (JSON.parse(out) as Report).coverage.verdict];
  };
  expect(await explained([success, ...denials("09:00", 5)])).toEqual([0, "complete"]);
  expect(await explained([...denials("09:00", 2), ...silent(4)])).toEqual([3, "partial"]);
  expect(await explained(silent(6))).toEqual([2, "blind"]);
  expect(await explained([])).toEqual([2, "blind"]);
  expect(await explained([], "--allow-empty")).toEqual([0, "complete"]);
  expect(await explained([...denials("09:00", 5), ...silent(9)], "--exit-code")).toEqual([
    1,
    "partial",
  ]);
  const { out } = await cli(["explain", "-"], { stdin: ndjson(silent(6)) });
  expect(out).toContain("BLIND: read 6 sign-ins by 1 user");
});

test("a search finds the verdict that parsing every row finds", async () => {
  const rows = [
    success,
    ...denials("09:00", 4),
    ...silent(3),
    row({ at: "12:00", steps: [wrongCode("12:00")] }),
    row({ at: "13:00", resultType: "0", steps: [approved("13:00")] }),
  ];
  const searched = await judged(ndjson(rows));
  const parsed = await judged(ndjson(rows), "--every-row");
  expect(searched.coverage).toEqual(parsed.coverage);
});

describe("a download of the portal with a renamed column", () => {
  const csv = (timeColumn: string, user: string) =>
    [
      `"${timeColumn}","Request ID","${user}","Status","Sign-in error code","Multifactor authentication result"`,
      ...[1, 2, 3, 4, 5].map(
        (at) =>
          `"2026-03-10T09:0${at}:00Z","r${at}","alice@contoso.com","Failure","500121","MFA denied; user declined the authentication"`,
      ),
    ].join("\r\n");

  test("is told which column is missing, and what to do", async () => {
    const cure = "if it was renamed, give it this name again, else download the file anew.";
    expect(await table(csv("Day", "Username"))).toContain(
      `The column 'Date (UTC)' is missing or unreadable: ${cure}`,
    );
    expect(await table(csv("Date (UTC)", "Login"))).toContain(
      `The column 'Username' is missing or empty: ${cure}`,
    );
    expect(await table(csv("Date (UTC)", "Username"))).not.toContain("The column");
  });
});

describe("two values of one field in a row", () => {
  const crossed = (fields: Row) =>
    ndjson([success, ...denials("09:00", 3), ...silent(2).map((each) => ({ ...each, ...fields }))]);

  test.each([
    ["in another spelling", { user_principal_name: "eve@contoso.com" }, "UserPrincipalName"],
    ["in another case", { userprincipalname: "eve@contoso.com" }, "UserPrincipalName"],
    ["of a name of Microsoft Graph", { resultType: "0" }, "ResultType"],
    ["of a nested and a flattened name", { status_error_code: 50126 }, "Status.errorCode"],
  ])("%s are said, and the exact one is read", async (_, fields, field) => {
    const { coverage } = await judged(crossed(fields));
    expect(coverage.conflicts).toEqual([{ field, count: 2 }]);
    expect(coverage.notes).toContain(
      `Two different values under names with one meaning; the exact name was read: ${field} (2 rows). \`mfa-deny explain\` shows which.`,
    );
    expect(coverage.mfaFailures).toBe(5);
    const { out } = await cli(["explain", "-", "--format", "json"], { stdin: crossed(fields) });
    const { rows } = JSON.parse(out) as { rows: { user: string; conflicts: string[] }[] };
    expect(rows.flatMap(({ conflicts }) => conflicts)).toEqual([field, field]);
    expect(rows.map(({ user }) => user)).not.toContain("eve@contoso.com");
  });

  test("are counted in files of which only some lines are parsed", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "crossed.ndjson");
    const many = Array.from({ length: 3_000 }, () => success);
    const fields = { user_principal_name: "eve@contoso.com" };
    writeFileSync(
      file,
      ndjson([...many, ...silent(6).map((each) => ({ ...each, ...fields })), ...many]),
    );
    const { out } = await cli(["detect", file, "--format", "json"]);
    const { coverage } = JSON.parse(out) as Report;
    expect(coverage.conflicts).toEqual([{ field: "UserPrincipalName", count: 6 }]);
  });

  test("one of which has no text are none", async () => {
    const { coverage } = await judged(crossed({ timegenerated: { toString: null, valueOf: 1 } }));
    expect(coverage.conflicts).toEqual([]);
  });

  test("that are equal are none", async () => {
    const { coverage } = await judged(crossed({ userprincipalname: bob.name, resultType: 500121 }));
    expect(coverage.conflicts).toEqual([]);
  });
});
