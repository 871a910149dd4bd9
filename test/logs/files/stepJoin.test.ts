import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { zip } from "./containers/zipping.ts";
import { cli, detect, temporaryFolder, type Report } from "../../cli/terminal.ts";

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

/** A report of a read that is not complete. */
async function partly(args: readonly string[]): Promise<Report> {
  return JSON.parse((await cli(["detect", "--format", "json", ...args])).out) as Report;
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
    const args = [at("a.csv"), at("b_AuthDetails.csv"), "--rule", "explicit-mfa-deny"];
    expect(inShort(await partly(args))).toEqual([]);
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

describe("steps whose sign-ins are in no file", () => {
  const files = { "a.csv": signIns, "b_AuthDetails.csv": stepsOf([1, 2, 3, 4, 9]) };
  const note =
    "2 authentication details belong to no sign-in in this input, and refusals among them are not counted: add the file InteractiveSignIns_….csv of the same download.";

  test("make the read partial, and are counted", async () => {
    const at = folderOf(files);
    const paths = [at("a.csv"), at("b_AuthDetails.csv")];
    const { coverage } = await partly(paths);
    expect(coverage).toMatchObject({ verdict: "partial", unmatchedSteps: 2 });
    expect(coverage.notes).toContain(note);
    const { out } = await cli(["explain", ...paths, "--format", "json"]);
    expect(out).toContain(note);
  });

  test("are none where the sign-in has steps of its own", async () => {
    const own = JSON.stringify({
      id: "request-1",
      userPrincipalName: "bob@contoso.com",
      createdDateTime: "2026-03-10T09:01:00Z",
      status: { errorCode: 500121 },
      authenticationDetails: [
        { succeeded: false, authenticationStepResultDetail: "MFA denied; user declined" },
      ],
    });
    const at = folderOf({ "b_AuthDetails.csv": stepsOf([1]), "graph.json": own });
    const { coverage } = await detect([at("b_AuthDetails.csv"), at("graph.json")]);
    expect(coverage.unmatchedSteps).toBe(0);
  });

  test("wait in the state for 180 days, and are then forgotten with a sentence", async () => {
    const day = 24 * 60 * 60_000;
    const began = Date.UTC(2026, 2, 12);
    vi.useFakeTimers({ toFake: ["Date"], now: began });
    try {
      const at = folderOf({ ...files, "later.csv": signIns.replaceAll("request-1", "request-9") });
      const state = ["--state", at("state")];
      await cli(["detect", at("b_AuthDetails.csv"), ...state]);
      await cli(["detect", at("a.csv"), ...state]);
      // What is left has waited since the first run, whatever came in between.
      vi.setSystemTime(began + 180 * day);
      const { coverage } = await partly([at("a.csv"), ...state]);
      expect(coverage.unmatchedSteps).toBe(0);
      expect(waiting(at("state"))).toMatchObject({ "request-9": began, "request-5": began });
      vi.setSystemTime(began + 180 * day + 1);
      const { err } = await cli(["detect", at("later.csv"), ...state]);
      expect(err).toContain(
        "2 requests waited in the state for over 180 days for sign-ins or authentication details that never came: forgotten",
      );
      expect(waiting(at("state"))).toMatchObject({ "request-9": began + 180 * day + 1 });
    } finally {
      vi.useRealTimers();
    }
  });

  test("that a version before this one kept begin to wait again", async () => {
    const at = folderOf(files);
    const state = ["--state", at("state")];
    await cli(["detect", at("b_AuthDetails.csv"), ...state]);
    const path = join(at("state"), "steps.json");
    const { since: _, ...before } = JSON.parse(readFileSync(path, "utf8")) as object & {
      since: unknown;
    };
    writeFileSync(path, JSON.stringify(before));
    expect(inShort(await detect([at("a.csv"), ...state, "--rule", "explicit-mfa-deny"]))).toEqual(
      [],
    );
    expect(Object.keys(waiting(at("state")))).toEqual(["request-9", "request-5"]);
  });

  function waiting(state: string): Readonly<Record<string, number>> {
    const text = readFileSync(join(state, "steps.json"), "utf8");
    return (JSON.parse(text) as { since: Readonly<Record<string, number>> }).since;
  }
});
