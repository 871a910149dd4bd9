import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { approved, bob, denialRow, password, row } from "../builders.ts";
import { cli, denials, detect, inShort, ndjson, temporaryFolder, writeRows } from "./terminal.ts";

const burst = denials("09:00", 5);

describe("the exit code", () => {
  const twoBad = `{"Id":\n{"Id"\n`;

  test("is 0 with findings and without", async () => {
    expect((await cli(["detect", "-"], { stdin: ndjson(burst) })).code).toBe(0);
    expect((await cli(["detect", "-"], { stdin: ndjson(burst.slice(1)) })).code).toBe(0);
  });

  test("is 1 only with --exit-code and findings", async () => {
    expect((await cli(["detect", "-", "--exit-code"], { stdin: ndjson(burst) })).code).toBe(1);
    expect(
      (await cli(["detect", "-", "--exit-code"], { stdin: ndjson(burst.slice(1)) })).code,
    ).toBe(0);
  });

  test("is 1 for a finding that an earlier run has recorded, too", async () => {
    const args = ["detect", "-", "--exit-code", "--state", join(temporaryFolder(), "state")];
    expect((await cli(args, { stdin: ndjson(burst) })).code).toBe(1);
    expect((await cli(args, { stdin: ndjson(burst) })).code).toBe(1);
  });

  test("is 3 where a record could not be used", async () => {
    expect((await cli(["detect", "-"], { stdin: ndjson(burst) + twoBad })).code).toBe(3);
    const fewer = ndjson(burst.slice(1)) + twoBad;
    expect((await cli(["detect", "-"], { stdin: fewer })).code).toBe(3);
  });

  test("is 1 for findings despite a bad record: a gate must not miss them", async () => {
    const gate = ["detect", "-", "--exit-code"];
    expect((await cli(gate, { stdin: ndjson(burst) + twoBad })).code).toBe(1);
    expect((await cli(gate, { stdin: ndjson(burst.slice(1)) + twoBad })).code).toBe(3);
  });

  test("is 2 for what cannot be read, and that beats 3", async () => {
    const folder = temporaryFolder();
    const log = join(folder, "log.json");
    writeFileSync(log, ndjson(burst) + twoBad);
    const { code, out } = await cli(["detect", log, join(folder, "missing.json")]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  test("is 130 for a run that was interrupted, with nothing on standard output", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    expect(await cli(["detect", "-"], { stdin: ndjson(burst), signal })).toEqual({
      code: 130,
      out: "",
      err: "mfa-deny: interrupted; nothing was written\n",
    });
  });
});

describe("input", () => {
  test("is a file, a folder, standard input, plain or gzip, or all of them", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "logs", "deep"), { recursive: true });
    writeRows(join(folder, "1.txt"), burst.slice(0, 1));
    writeRows(join(folder, "logs", "2.json"), burst.slice(1, 2));
    writeFileSync(join(folder, "logs", "deep", "3.log.gz"), gzipSync(ndjson(burst.slice(2, 4))));
    const report = await detect([join(folder, "1.txt"), join(folder, "logs"), "-"], {
      stdin: gzipSync(ndjson(burst.slice(4))),
    });
    expect(inShort(report)).toEqual(["alice@contoso.com 5 open (first-seen)"]);
  });

  test("may begin with a dash, behind --", async () => {
    const { code, err } = await cli(["detect", "--", "--no-such-file"]);
    expect({ code, err }).toEqual({
      code: 2,
      err: "mfa-deny: --no-such-file: no such file or folder\n",
    });
  });

  test("that is given twice counts once", async () => {
    const log = writeRows(join(temporaryFolder(), "log.json"), burst);
    expect((await detect([log, log])).run.rows).toBe(5);
  });

  test("does not take what earlier runs wrote into a folder for logs", async () => {
    const folder = temporaryFolder();
    writeRows(join(folder, "log.json"), burst);
    const [state, out] = [join(folder, "state"), join(folder, "out")];
    for (const action of ["open (first-seen)", "none (unchanged)"]) {
      const report = await detect([folder, "--state", state, "--out", out]);
      expect(inShort(report)).toEqual([`alice@contoso.com 5 ${action}`]);
      expect(report.run.rows).toBe(5);
    }
    const inPlace = [folder, "--state", folder, "--out", folder];
    await detect([join(folder, "log.json"), "--state", folder, "--out", folder]);
    const { code, err } = await cli(["detect", ...inPlace]);
    expect({ code, isNamed: err.includes("another kind of log or list: passed over") }).toEqual({
      code: 3,
      isNamed: true,
    });
  });

  test("of nothing but that is no input", async () => {
    const folder = temporaryFolder();
    const [log, state] = [writeRows(join(folder, "log.json"), burst), join(folder, "state")];
    await detect([log, "--state", state]);
    const { code, err } = await cli(["detect", state, "--state", state]);
    expect(code).toBe(2);
    expect(err).toBe(`mfa-deny: ${state}: contains no logs, only what earlier runs wrote\n`);
  });

  test("that was named is read even if it looks like that", async () => {
    const folder = temporaryFolder();
    const log = writeRows(join(folder, "state.json"), burst);
    expect((await detect([log, "--state", join(folder, "state")])).run.rows).toBe(5);
  });
});

describe("rules", () => {
  const all = ["explicit-mfa-deny", "azure-ad-multiple-denied-mfa", "mfa-deny-then-approve"];
  const many = [
    ...denials("09:00", 10).map((each, index) => ({
      ...each,
      ...denialRow(`09:0${Math.floor(index / 2)}:${index % 2 === 0 ? "00" : "30"}`),
    })),
    row({ at: "09:20", resultType: "0", steps: [password("09:19:40"), approved("09:20")] }),
  ];

  test("are the ones that are on, if none is named", async () => {
    const { findings } = await detect(["-"], { stdin: ndjson(many) });
    expect(findings.map(({ rule }) => rule)).toEqual(["explicit-mfa-deny"]);
  });

  test("can all be used at once, each family with findings of its own", async () => {
    const args = all.flatMap((id) => ["--rule", id]);
    const { findings } = await detect(["-", ...args], { stdin: ndjson(many) });
    expect(findings.map(({ rule, triggeredAt }) => [triggeredAt.slice(11, 19), rule])).toEqual([
      // Fired on by mfa-deny-then-approve as well, and before.
      ["09:00:30", "explicit-mfa-deny"],
      ["09:04:30", "azure-ad-multiple-denied-mfa"],
    ]);
    expect(new Set(findings.map(({ incidentId }) => incidentId)).size).toBe(2);
  });

  test("that are named replace the default", async () => {
    const { findings } = await detect(["-", "--rule", all[1]!], { stdin: ndjson(many) });
    expect(findings.map(({ rule, denials: count }) => [rule, count])).toEqual([[all[1], 10]]);
  });

  test("fire from --threshold on, not below", async () => {
    const count = async (threshold: number) =>
      (await detect(["-", "--threshold", String(threshold)], { stdin: ndjson(burst) })).findings
        .length;
    expect([await count(6), await count(5), await count(4), await count(1)]).toEqual([0, 1, 1, 1]);
  });

  test("look as far as --window, inclusive, in either spelling", async () => {
    const at = async (...args: readonly string[]) =>
      (await detect(["-", ...args], { stdin: ndjson(burst) })).findings;
    const [eight, iso] = [await at("--window", "8m"), await at("--window", "PT8M")];
    expect(eight).toHaveLength(1);
    expect(iso).toEqual(eight);
    expect(await at("--window", "479s")).toEqual([]);
    expect(await at("--window", "PT7M59.999S")).toEqual([]);
    expect(await at("--window", "15m")).toEqual(await at());
    expect(await at("--window", "PT15M")).toEqual(await at());
    expect(await at("--window", "1d")).toHaveLength(1);
  });
});

describe("--from and --to", () => {
  const stdin = ndjson([...burst, ...denials("10:00:00.500", 5, { user: bob })]);
  const users = async (...args: readonly string[]) =>
    (await detect(["-", ...args], { stdin })).findings.map(({ user }) => user.slice(0, 3));

  test("hold a burst by its first denial, from inclusive, to exclusive", async () => {
    const first = "2026-03-10T10:00:00.500Z";
    const before = "2026-03-10T10:00:00.499Z";
    const after = "2026-03-10T10:00:00.501Z";
    expect(await users("--from", first)).toEqual(["bob"]);
    expect(await users("--from", before)).toEqual(["bob"]);
    expect(await users("--from", after)).toEqual([]);
    expect(await users("--to", first)).toEqual(["ali"]);
    expect(await users("--to", before)).toEqual(["ali"]);
    expect(await users("--to", after)).toEqual(["ali", "bob"]);
    expect(await users("--from", first, "--to", after)).toEqual(["bob"]);
    expect(await users("--from", before, "--to", first)).toEqual([]);
  });

  test("show a burst whole, however much of it lies behind --to", async () => {
    const { findings } = await detect(["-", "--to", "2026-03-10T09:00:00.001Z"], { stdin });
    expect(findings.map(({ denials: count }) => count)).toEqual([5]);
  });

  test("may be a day, and take an offset", async () => {
    expect(await users("--from", "2026-03-10", "--to", "2026-03-11")).toEqual(["ali", "bob"]);
    expect(await users("--from", "2026-03-11")).toEqual([]);
    expect(await users("--from", "2026-03-10T11:00:00.500+01:00")).toEqual(["bob"]);
  });

  test("count every row all the same", async () => {
    const { run } = await detect(["-", "--from", "2026-03-11"], { stdin });
    expect([run.rows, run.classified, run.denials]).toEqual([10, 10, 10]);
  });

  test("record nothing of what they leave out, so that it can be found later", async () => {
    const state = ["--state", join(temporaryFolder(), "state")];
    expect(
      (await detect(["-", ...state, "--to", "2026-03-10T10:00:00Z"], { stdin })).findings,
    ).toHaveLength(1);
    expect(inShort(await detect(["-", ...state], { stdin }))).toEqual([
      "alice@contoso.com 5 none (unchanged)",
      "bob@contoso.com 5 open (first-seen)",
    ]);
  });
});

describe("--as-of", () => {
  const late = denialRow("09:10", { published: "12:00" });
  const answer = row({
    at: "09:30",
    published: "13:00",
    resultType: "0",
    steps: [password("09:29:40"), approved("09:30")],
  });
  const stdin = ndjson([...burst, late, answer]);
  const asOf = async (clock: string, ...args: readonly string[]) =>
    detect(["-", "--as-of", `2026-03-10T${clock}Z`, ...args], { stdin });

  test("is a run as it would have been then: a row exists from its publication on", async () => {
    const counts = async (clock: string) => {
      const { run, findings } = await asOf(clock);
      const [finding] = findings;
      return [run.setAside["notYetPublished"], finding?.denials, finding?.severity];
    };
    expect(await counts("09:09:59.999")).toEqual([3, undefined, undefined]);
    expect(await counts("09:10:00.000")).toEqual([2, 5, "Medium"]);
    expect(await counts("11:59:59.999")).toEqual([2, 5, "Medium"]);
    expect(await counts("12:00:00.000")).toEqual([1, 6, "Medium"]);
    expect(await counts("13:00:00.000")).toEqual([0, 6, "High"]);
  });

  test("replayed at the time that truth was complete equals a run without it", async () => {
    expect(await asOf("23:00:00")).toEqual(await detect(["-"], { stdin }));
  });

  test("replayed hour by hour over a state gives the history of the incident", async () => {
    const state = ["--state", join(temporaryFolder(), "state")];
    const story: string[] = [];
    for (const clock of ["09:05:00", "10:00:00", "11:00:00", "12:00:00", "13:00:00", "14:00:00"]) {
      story.push(...inShort(await asOf(clock, ...state)));
    }
    expect(story).toEqual([
      "alice@contoso.com 5 open (first-seen)",
      "alice@contoso.com 5 none (unchanged)",
      "alice@contoso.com 6 update (grew)",
      "alice@contoso.com 6 update (approved-after)",
      "alice@contoso.com 6 none (unchanged)",
    ]);
  });

  test("takes a row without any time of publication for published", async () => {
    const undated = burst.map((each) => ({
      ...each,
      TimeGenerated: undefined,
      CreatedDateTime: undefined,
    }));
    const args = ["-", "--as-of", "2026-03-10T00:00:00Z"];
    expect((await detect(args, { stdin: ndjson(undated) })).findings).toHaveLength(1);
    expect((await detect(args, { stdin: ndjson(burst) })).findings).toEqual([]);
  });
});

describe("messages", () => {
  const stdin = `${ndjson(burst)}{"Id":\n`;

  test("go to standard error, results to standard output", async () => {
    const { out, err } = await cli(["detect", "-"], { stdin });
    expect(out).toContain("alice@contoso.com");
    expect(err).toMatch(/^mfa-deny: standard input:6: [^\n]+\n$/);
  });

  test.each([["--quiet"], ["-q"]])(
    "are held back by %s; the result and the code stay",
    async (quiet) => {
      const { code, out, err } = await cli(["detect", "-", quiet], { stdin, isTTY: true });
      expect({ code, err }).toEqual({ code: 3, err: "" });
      expect(out).toContain("PARTIAL");
    },
  );

  test("of an error are not held back by --quiet", async () => {
    const { err } = await cli(["detect", "no-such-file", "-q"]);
    expect(err).toBe("mfa-deny: no-such-file: no such file or folder\n");
  });
});

describe("progress", () => {
  const log = () => writeRows(join(temporaryFolder(), "log.json"), burst);
  const wipe = "\u001b[1G\u001b[2K";

  test("shows bytes, rows, rows per second and the time left on a terminal's standard error", async () => {
    const { out, err } = await cli(["detect", log()], { isTTY: true });
    expect(err).toMatch(
      // oxlint-disable-next-line no-control-regex -- that is what wipes the line
      /^0\.0 MB of 0\.0 MB, 5 rows, \d+ rows\/s, 0 s left\u001b\[1G\u001b\[2K$/,
    );
    expect(out).not.toContain("\r");
  });

  test("cannot show the time left for standard input", async () => {
    const { err } = await cli(["detect", "-"], { stdin: ndjson(burst), isTTY: true });
    expect(err).toContain("0.0 MB, 5 rows");
    expect(err).not.toContain("left");
  });

  test("is silent if standard error is not a terminal", async () => {
    expect((await cli(["detect", log()])).err).toBe("");
  });

  test.each([["--no-progress"], ["--quiet"]])("is silent with %s", async (option) => {
    expect((await cli(["detect", log(), option], { isTTY: true })).err).toBe("");
  });

  test("is wiped off before a message is written, also where the run fails", async () => {
    const { err } = await cli(["detect", "-", "--strict"], {
      stdin: `${ndjson(burst)}{"Id":\n`,
      isTTY: true,
    });
    expect(err).toMatch(/mfa-deny: standard input:6: [^\n]+\n$/);
    const wiped = err.slice(0, err.indexOf("mfa-deny"));
    expect(wiped === "" || wiped.endsWith(wipe)).toBe(true);
  });
});
