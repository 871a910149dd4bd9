import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cli,
  denials,
  detect,
  ndjson,
  temporaryFolder,
  writeRows,
  type Report,
} from "./terminal.ts";

const burst = denials("09:00", 5);
const report = (out: string) => JSON.parse(out) as Report;

describe("a bad record", () => {
  test("is reported with file, line and reason, the rest is used, and the output says partial", async () => {
    const log = join(temporaryFolder(), "log.json");
    writeFileSync(log, `${ndjson(burst.slice(0, 2))}oops\n${ndjson(burst.slice(2))}`);
    const { code, out, err } = await cli(["detect", log, "--format", "json"]);
    expect(code).toBe(3);
    expect(err).toMatch(new RegExp(`^mfa-deny: ${log}:3: [^\\n]+\\n$`));
    expect(report(out).run).toMatchObject({ rows: 6, classified: 5, badRecords: 1, partial: true });
    expect(report(out).findings).toHaveLength(1);
  });

  test("is reported with its index inside an array or a records envelope", async () => {
    const [first, ...rest] = burst.map((each) => JSON.stringify(each));
    const array = `[${first},42,${rest.join(",")}]`;
    const { err } = await cli(["detect", "-"], { stdin: array });
    expect(err).toBe("mfa-deny: standard input[1]: not an object\n");
    const lines = `${ndjson(burst)}{"records":${array}}\n`;
    expect((await cli(["detect", "-"], { stdin: lines })).err).toBe(
      "mfa-deny: standard input:6[1]: not an object\n",
    );
  });

  test("is shown ten times at most, and always counted", async () => {
    const ten = await cli(["detect", "-", "--format", "json"], {
      stdin: ndjson(burst) + "oops\n".repeat(10),
    });
    expect(ten.err.split("\n")).toHaveLength(10 + 1);
    const eleven = await cli(["detect", "-", "--format", "json"], {
      stdin: ndjson(burst) + "oops\n".repeat(13),
    });
    expect(eleven.err.split("\n").slice(-2)).toEqual(["mfa-deny: and 3 more bad records", ""]);
    expect(report(eleven.out).run.badRecords).toBe(13);
  });

  test("is a denial without a readable time as well: never now, never 1970", async () => {
    const timeless = burst.map((each) => ({
      ...each,
      TimeGenerated: "0001-01-01T00:00:00Z",
      CreatedDateTime: "yesterday",
      AuthenticationDetails: JSON.stringify([
        { authenticationStepResultDetail: "MFA denied; user declined the authentication" },
      ]),
    }));
    const { code, out, err } = await cli(["detect", "-", "--format", "json"], {
      stdin: ndjson(timeless),
    });
    expect(code).toBe(2);
    expect(err).toContain("mfa-deny: standard input:1: no readable time\n");
    expect(report(out)).toMatchObject({ run: { badRecords: 5, rows: 5 }, findings: [] });
  });

  test("never shows its content", async () => {
    const { err } = await cli(["detect", "-"], {
      stdin: `${ndjson(burst)}{"UserPrincipalName":"alice@contoso.com","secret" oops\n`,
    });
    expect(err).not.toMatch(/alice|secret/);
  });

  test("makes every format say that it is not whole", async () => {
    const stdin = `${ndjson(burst)}oops\n`;
    const out = async (format: string) =>
      (await cli(["detect", "-", "--format", format], { stdin })).out;
    expect(await out("table")).toContain("PARTIAL");
    expect(await out("json")).toContain('"partial": true');
    expect(await out("ndjson")).toContain('"partial":true');
    expect(await out("csv")).toMatch(/,partial,verdict\r\n.*,true,partial\r\n$/);
  });
});

describe("--strict", () => {
  test("ends at the first bad record with exit code 2, and nothing is written", async () => {
    const folder = temporaryFolder();
    const log = join(folder, "log.json");
    writeFileSync(log, `${ndjson(burst)}oops\nworse\n`);
    const [state, out] = [join(folder, "a", "state"), join(folder, "out")];
    expect(await cli(["detect", log, "--strict", "--state", state, "--out", out])).toEqual({
      code: 2,
      out: "",
      err: expect.stringMatching(new RegExp(`^mfa-deny: ${log}:6: [^\\n]+\\n$`)),
    });
    expect([existsSync(join(folder, "a")), existsSync(out)]).toEqual([false, false]);
  });

  test("changes nothing where every record is good", async () => {
    const stdin = ndjson(burst);
    expect(await detect(["-", "--strict"], { stdin })).toEqual(await detect(["-"], { stdin }));
  });

  test("looks at every line, candidates or not", async () => {
    const stdin = `{"Id":"1","ResultType":"0"}\n{"Id":"2","ResultType":"0"\n{"Id":"3","ResultType":"0"}\n`;
    const { code, err } = await cli(["detect", "-", "--strict"], { stdin });
    expect(code).toBe(2);
    expect(err).toMatch(/^mfa-deny: standard input:2: /);
  });
});

describe("input that is not a log is named in one sentence, with exit code 2 and nothing written", () => {
  // A place of its own for temporary files: what other test files leave for a moment is not ours to judge.
  const usual = process.env["TMPDIR"];
  const own = mkdtempSync(join(tmpdir(), "own-temporary-"));
  beforeAll(() => {
    process.env["TMPDIR"] = own;
  });
  afterAll(() => {
    if (usual === undefined) {
      delete process.env["TMPDIR"];
    } else {
      process.env["TMPDIR"] = usual;
    }
    rmSync(own, { recursive: true, force: true });
  });

  const columns =
    "not a sign-in log: its columns are 'Name', 'Department', and one has 'Date (UTC)', 'Username', 'Status' and others; docs/exports.md shows how to export one";
  const other = (what: string) => `not a sign-in log: this is ${what}`;
  const shape =
    "not a sign-in log of a known shape (JSON, JSON lines, CSV with English headers, Parquet or Avro; plain, gzip, zip or tar); docs/exports.md shows how to export one";

  async function refusal(prepare: (folder: string) => string): Promise<string> {
    const folder = temporaryFolder();
    const path = prepare(folder);
    const before = readdirSync(folder);
    const temporary = ownTemporary();
    const args = ["--state", join(folder, "new", "state"), "--out", join(folder, "out")];
    for (const more of [[], args]) {
      const { code, out, err } = await cli(["detect", path, ...more]);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toMatch(/^mfa-deny: [^\n]+\n$/);
      expect(readdirSync(folder)).toEqual(before);
      expect(ownTemporary()).toEqual(temporary);
    }
    const { err } = await cli(["detect", path]);
    return err.slice("mfa-deny: ".length + folder.length + 1, -1);
  }

  test.each([
    ["prose", "Dear customer,\nno logs today.\n", shape],
    ["CSV of another kind", "Name,Department\nAlice,Finance\n", columns],
    ["other JSON", '{"name":"mfa","version":"1"}\n', other("another kind of log or list")],
    ["other JSON", '[{"name":"mfa"},{"name":"x"}]', other("another kind of log or list")],
    ["binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 2, 3, 0xff]), shape],
    ["gzip of prose", gzipSync("Dear customer"), shape],
  ])("%s", async (_, content, problem) => {
    expect(
      await refusal((folder) => {
        writeFileSync(join(folder, "file.json"), content);
        return join(folder, "file.json");
      }),
    ).toBe(`file.json: ${problem}`);
  });

  test("next to a log it is skipped and named, and the log is read", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "team.csv"), "Name,Department\nAlice,Finance\n");
    const good = writeRows(join(folder, "good.json"), burst);
    for (const operands of [[good, join(folder, "team.csv")], [folder]]) {
      const { code, out, err } = await cli(["detect", ...operands, "--format", "json"]);
      expect(code).toBe(3);
      expect(err).toBe(
        `mfa-deny: ${join(folder, "team.csv")} is CSV with other columns: passed over\n`,
      );
      expect(report(out).findings).toHaveLength(1);
    }
  });

  test("several files without a log are all named", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.csv"), "Name,Department\nAlice,Finance\n");
    writeFileSync(join(folder, "b.csv"), "RecordType,Operations,AuditData\n15,x,{}\n");
    const { code, out, err } = await cli(["detect", folder]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("none of 2 files is a sign-in log");
    expect(err).toContain("b.csv is a Unified Audit Log");
  });

  test("a missing file", async () => {
    expect(await refusal((folder) => join(folder, "missing.json"))).toBe(
      "missing.json: no such file or folder",
    );
  });

  test("a folder without logs", async () => {
    expect(
      await refusal((folder) => {
        mkdirSync(join(folder, "empty"));
        writeFileSync(join(folder, "empty", "notes.md"), "none");
        return join(folder, "empty");
      }),
    ).toBe(
      "empty: the folder contains no logs (.json, .ndjson, .jsonl, .log, .txt, .csv, .tsv, .avro, .parquet or .tar, plain or .gz; or no ending; or .zip)",
    );
  });
});

describe("hostile records", () => {
  test("neither pollute nor crash, and every one is counted", async () => {
    const stdin = [
      JSON.stringify(burst[0]),
      '{"__proto__":{"ResultType":"500121"},"Id":"1","UserPrincipalName":"x@contoso.com","ResultType":"0"}',
      '{"constructor":{"prototype":{"polluted":1}},"Id":"2","ResultType":"500121"}',
      `{"Id":"3","ResultType":500121,"AuthenticationDetails":${"[".repeat(5000)}${"]".repeat(5000)}}`,
      '{"Id":"4","ResultType":"500121","UserPrincipalName":"y@contoso.com","Status":"{\\"additionalDetails\\":7}","CreatedDateTime":-1}',
      '{"Id":"5\0","ResultType":"500121"}',
      '{"Id":"6","ResultType":"500121","UserPrincipalName":"\\ud800@contoso.com","TimeGenerated":"2026-03-10T09:00:00Z"}',
    ].join("\n");
    const { code, out } = await cli(["detect", "-", "--format", "json"], { stdin });
    const { run } = report(out);
    expect(run.rows).toBe(7);
    const aside = Object.values(run.setAside).reduce((sum, count) => sum + count, 0);
    expect(run.classified + aside + run.badRecords).toBe(run.rows);
    expect(code).toBe(run.badRecords > 0 ? 3 : 0);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

/** Folders in the system's temporary folder that runs of the tool make for themselves. */
function ownTemporary(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => /^mfa-deny-.{6}$/.test(name));
}
