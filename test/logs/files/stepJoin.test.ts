import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { zip } from "./containers/zipping.ts";
import { cli, detect, temporaryFolder } from "../../cli/terminal.ts";

const generic = "The user didn't complete the MFA prompt.";
const numbers = Array.from({ length: 5 }, (_, at) => at + 1);

/** As the Entra portal downloads them: a row a sign-in, and in another file a row a step. */
const signIns = [
  "Date (UTC),Request ID,User ID,User,Username,Application,IP address,Status,Sign-in error code,Multifactor authentication result",
  ...numbers.map(
    (at) =>
      `2026-03-10T09:0${at}:00Z,request-${at},00000000-0000-0000-0000-000000000b0b,Bob,bob@contoso.com,Portal,203.0.113.7,Failure,500121,${generic}`,
  ),
].join("\n");
const stepsOf = (
  requests: readonly number[],
  text = "MFA denied; user declined the authentication",
) =>
  [
    "Request ID,Date,Authentication method,Authentication method detail,Succeeded,Result detail,Requirement",
    ...requests.flatMap((at) => [
      `request-${at},2026-03-10T09:0${at}:05Z,Password,,true,Correct password,Primary authentication`,
      `request-${at},2026-03-10T09:0${at}:20Z,Mobile app notification,,false,${text},Multi-factor authentication`,
    ]),
  ].join("\n");

function folderOf(files: Readonly<Record<string, string | Buffer>>): (name: string) => string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
  }
  return (name) => join(folder, name);
}

const inShort = ({ findings }: Awaited<ReturnType<typeof detect>>) =>
  findings.map(({ user, denials }) => `${user} ${denials}`);

describe("steps in a file of their own are joined to their sign-ins", () => {
  const files = {
    "InteractiveSignIns_1.csv": signIns,
    "InteractiveSignIns_AuthDetails_1.csv": stepsOf(numbers),
    "other-name.csv": stepsOf(numbers),
  };

  test.each([
    ["sign-ins first", ["InteractiveSignIns_1.csv", "InteractiveSignIns_AuthDetails_1.csv"]],
    ["steps first", ["InteractiveSignIns_AuthDetails_1.csv", "InteractiveSignIns_1.csv"]],
    ["under another name", ["InteractiveSignIns_1.csv", "other-name.csv"]],
  ])("%s", async (_, names) => {
    const at = folderOf(files);
    const report = await detect(names.map(at));
    expect(inShort(report)).toEqual(["bob@contoso.com 5"]);
    expect(report.run.rows).toBe(5);
  });

  test("in a zip file", async () => {
    const packed = Object.entries(files).map(([name, content]) => ({ name, content }));
    const at = folderOf({ "download.zip": zip(packed.slice(0, 2)) });
    expect(inShort(await detect([at("download.zip")]))).toEqual(["bob@contoso.com 5"]);
  });

  test("and without their sign-ins say nothing of anybody", async () => {
    const at = folderOf(files);
    const { code } = await cli(["detect", at("InteractiveSignIns_AuthDetails_1.csv")]);
    expect(code).toBe(2);
  });

  test("and a step of another request counts for nobody else", async () => {
    const at = folderOf({ "a.csv": signIns, "b_AuthDetails.csv": stepsOf([1, 2, 3, 4, 9]) });
    expect(
      inShort(await detect([at("a.csv"), at("b_AuthDetails.csv"), "--rule", "explicit-mfa-deny"])),
    ).toEqual([]);
  });

  test.each([
    ["sign-ins first", ["InteractiveSignIns_1.csv", "InteractiveSignIns_AuthDetails_1.csv"]],
    ["steps first", ["InteractiveSignIns_AuthDetails_1.csv", "InteractiveSignIns_1.csv"]],
  ])("over two runs with a state, %s", async (_, [first = "", second = ""]) => {
    const at = folderOf(files);
    const state = ["--state", at("state")];
    await cli(["detect", at(first), ...state]);
    expect(inShort(await detect([at(second), ...state]))).toEqual(["bob@contoso.com 5"]);
  });
});
