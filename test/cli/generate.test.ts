import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { logWriters } from "../../src/cli/generate/logWriters.ts";
import type { Context } from "../../src/detection/context/context.ts";
import { presets } from "../../src/detection/rules/presets.ts";
import { cli, temporaryFolder, type Report } from "./terminal.ts";
import { listed } from "../cases.ts";
import { incidentsIn } from "../tenant/tenants.ts";

const everyRule = presets.flatMap(({ id }) => ["--rule", id]);
const small = ["--users", "40", "--sign-ins", "4"];
const dialects = Object.keys(logWriters) as (keyof typeof logWriters)[];

interface Truth {
  readonly rows: number;
  readonly dialect: string;
  readonly attacks: readonly {
    readonly kind: string;
    readonly user: string;
    readonly firstDenialAt: string;
    readonly expectedRules: readonly {
      readonly rule: string;
      readonly denials: number;
      readonly triggeredAt: string;
      readonly severity: string;
    }[];
  }[];
}

async function tenant(...args: readonly string[]) {
  const folder = join(temporaryFolder(), "tenant");
  const ended = await cli(["generate", "--out", folder, ...small, ...args]);
  expect(ended).toMatchObject({ code: 0, err: "" });
  const truth = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as Truth;
  return { folder, truth, out: ended.out };
}

async function reportOf(path: string): Promise<Report> {
  const args = ["detect", path, "--format", "json", "--date-order", "mdy", ...everyRule];
  const { code, out } = await cli(args);
  expect(code).toBe(0);
  return JSON.parse(out) as Report;
}

describe("a generated tenant", () => {
  test.each(dialects.filter((name) => name !== "graph" && name !== "portal-csv"))(
    "as %s gives exactly the findings of its truth, from its folder",
    async (dialect) => {
      const { folder, truth } = await tenant("--dialect", dialect, "--days", "2");
      expect(truth.dialect).toBe(dialect);
      const { run: counts, findings } = await reportOf(folder);
      expect([counts.rows, counts.badRecords]).toEqual([truth.rows, 0]);
      const expected = truth.attacks.flatMap(({ user, expectedRules }) =>
        incidentsIn(expectedRules).map(({ rule, denials }) => `${rule} ${user} ${denials}`),
      );
      expect(expected.length).toBeGreaterThan(10);
      expect(
        findings.map((each) => `${each.rule} ${each.user} ${each.denials}`).toSorted(),
      ).toEqual(expected.toSorted());
    },
  );

  test("as graph finds the same users, without what distinguishes prompts of one second", async () => {
    const { folder, truth } = await tenant("--dialect", "graph");
    const { findings, run: counts } = await reportOf(folder);
    const attacked = truth.attacks.flatMap(({ user, expectedRules }) =>
      incidentsIn(expectedRules).map(({ rule }) => `${rule} ${user}`),
    );
    expect(counts.rows).toBe(truth.rows);
    expect(findings.map(({ rule, user }) => `${rule} ${user}`).toSorted()).toEqual(
      attacked.toSorted(),
    );
  });

  test("as portal-csv is read completely, although it has less", async () => {
    const { folder, truth } = await tenant("--dialect", "portal-csv");
    const { findings, run: counts } = await reportOf(folder);
    expect(counts.rows).toBe(truth.rows);
    expect(findings.length).toBeGreaterThan(0);
  });

  test("is larger than one batch where it must be", async () => {
    for (const dialect of listed(["graph", "json-array", "query-answer", "query-csv"], 1)) {
      const { folder, truth } = await tenant("--dialect", dialect, "--days", "8");
      expect(truth.rows).toBeGreaterThan(1_000);
      expect((await reportOf(folder)).run).toMatchObject({ rows: truth.rows, badRecords: 0 });
    }
  });

  test("is the same for the same seed, and another for another", async () => {
    const log = async (...args: readonly string[]) => (await cli(["generate", ...args])).out;
    const args = ["--out", "-", ...small];
    const first = await log(...args, "--seed", "7");
    expect(first).toBe(await log(...args, "--seed", "7"));
    expect(first).not.toBe(await log(...args, "--seed", "8"));
    expect(first.split("\n").length).toBeGreaterThan(100);
  });

  test("begins on the day and has the attacks that were asked for, in ISO times", async () => {
    const { truth, out, folder } = await tenant(
      "--start",
      "2026-05-01",
      ...["late", "late", "guest"].flatMap((kind) => ["--attack", kind]),
    );
    expect(truth.attacks.map(({ kind }) => kind).toSorted()).toEqual(["guest", "late", "late"]);
    for (const { firstDenialAt } of truth.attacks) {
      expect(firstDenialAt).toMatch(/^2026-05-01T\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    expect(out).toBe(
      `${join(folder, "SigninLogs.ndjson")}: ${truth.rows} rows\n${join(folder, "truth.json")}: 3 attacks\n`,
    );
  });

  test("can be quiet", async () => {
    const { truth, folder } = await tenant("--attack", "none");
    expect(truth.attacks).toEqual([]);
    expect((await reportOf(folder)).findings).toEqual([]);
  });

  test("as storage is a tree of hours", async () => {
    const { folder, out } = await tenant("--dialect", "storage");
    const files = readdirSync(folder, { recursive: true }).map(String);
    const hours = files.filter((path) => path.endsWith("PT1H.json"));
    expect(hours.length).toBeGreaterThan(10);
    expect(out).toContain(` rows in ${hours.length} files\n`);
  });
});

test("what stands around the attacks shows each verdict, and what followed", async () => {
  const { folder, truth, out } = await tenant("--around");
  expect(out).toContain(`${join(folder, "around")}: `);
  const { out: json } = await cli(["detect", folder, "--format", "json"]);
  const { findings } = JSON.parse(json) as {
    readonly findings: readonly {
      readonly user: string;
      readonly severity: string;
      readonly context: Context;
    }[];
  };
  const found = new Map(
    truth.attacks.map(({ kind, user }) => [kind, findings.find((each) => each.user === user)]),
  );
  const verdictOf = (kind: string) => found.get(kind)?.context.origins.verdict;
  expect(["many", "nps-push-bombing", "rotating-addresses", "guest"].map(verdictOf)).toEqual([
    "new",
    "usual",
    "mixed",
    "unknown",
  ]);
  const followed = (kind: string) =>
    found.get(kind)?.context.followed.map(({ what, meaning }) => `${what}: ${meaning}`);
  expect(followed("approved")).toEqual([
    "User registered security info: takeover",
    "Add member to role: takeover",
  ]);
  expect(followed("rotating-addresses")).toEqual(["New-InboxRule: takeover"]);
  expect(followed("many")).toEqual(["Change user password: protective"]);
  expect(followed("late")).toEqual(["User registered security info: protective"]);
  expect(followed("two-then-approve")).toEqual(["unfamiliarFeatures: neutral"]);
  expect(found.get("fraud-report")?.context.reports).toHaveLength(1);
  expect(found.get("two-then-approve")?.severity).toBe("High");
  expect(findings.flatMap(({ context }) => context.gaps)).toEqual([]);
});

describe("the folder", () => {
  test("is not written to if it is not empty, unless --force is given", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "mine.md"), "mine");
    const args = ["generate", "--out", folder, ...small, "--dialect", "storage"];
    expect(await cli(args)).toEqual({
      code: 2,
      out: "",
      err: `mfa-deny: --out ${folder} is not empty; --force writes into it anyway\n`,
    });
    expect(readdirSync(folder)).toEqual(["mine.md"]);
    expect((await cli([...args, "--force"])).code).toBe(0);
    const { rows } = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as Truth;
    expect((await reportOf(folder)).run.rows).toBe(rows);
    expect((await cli([...args, "--force"])).code).toBe(0);
    expect((await reportOf(folder)).run.rows).toBe(rows);
    expect(readFileSync(join(folder, "mine.md"), "utf8")).toBe("mine");
  });

  test("that is a file, or lies below one, is named", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const { code, err } = await cli(["generate", "--out", file, ...small]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `mfa-deny: ${file}: cannot be used as a folder to write to (EEXIST)\n`,
    });
  });

  test("in which a log cannot be written keeps nothing of it", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "SigninLogs.ndjson"));
    const { code, err } = await cli(["generate", "--out", folder, ...small, "--force"]);
    expect(code).toBe(2);
    expect(err).toContain(`mfa-deny: ${folder}: cannot be written (EISDIR)`);
  });

  test("of an interrupted run keeps nothing of it", async () => {
    const folder = temporaryFolder();
    const signal = AbortSignal.abort(new Error("interrupted"));
    for (const dialect of ["log-analytics", "storage"]) {
      const args = ["generate", "--out", folder, ...small, "--dialect", dialect];
      expect((await cli(args, { signal })).code).toBe(130);
      expect(readdirSync(folder, { recursive: true })).toEqual([]);
    }
  });
});

describe("standard output", () => {
  const surroundings = (stdout: PassThrough) => ({
    stdin: new PassThrough(),
    stdout,
    stderr: new PassThrough(),
    signal: new AbortController().signal,
  });

  test("is written at its reader's pace", async () => {
    const stdout = new PassThrough({ highWaterMark: 1_000 });
    let bytes = 0;
    stdout.on("data", (chunk: Buffer) => (bytes += chunk.length));
    expect(await run(["generate", "--out", "-", ...small], surroundings(stdout))).toBe(0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(stdout.writableEnded).toBe(false);
  });

  test("that nobody reads any more ends writing", async () => {
    const stdout = new PassThrough({ highWaterMark: 1_000 });
    stdout.once("data", () => stdout.destroy(Object.assign(new Error("gone"), { code: "EPIPE" })));
    expect(await run(["generate", "--out", "-", ...small], surroundings(stdout))).toBe(0);
  });

  test("is ended by an interrupt", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    expect((await cli(["generate", "--out", "-", ...small], { signal })).code).toBe(130);
  });
});

describe("an impossible tenant is refused in one sentence", () => {
  test.each([
    [[], "generate needs --out DIR, or --out - for standard output"],
    [["--out", "-", "log.json"], "generate takes no files, but 'log.json' is given"],
    [["--out", "-", "--users", "0"], "--users is '0'; it must be a whole number from 1 to 1000000"],
    [
      ["--out", "-", "--users", "12"],
      '--users: 12 are too few for these attacks; none is left for "guest"',
    ],
    [
      ["--out", "-", "--start", "2026-03-10T09:00:00Z"],
      "--start is '2026-03-10T09:00:00Z'; it must be a day such as 2026-03-10",
    ],
    [
      ["--out", "-", "--attack", "none", "--attack", "late"],
      "--attack none and other attacks cannot be combined",
    ],
    [
      ["--out", "-", "--dialect", "storage"],
      "--dialect storage is a tree of files, so --out must be a folder",
    ],
  ])("%j", async (args, sentence) => {
    expect(await cli(["generate", ...args])).toEqual({
      code: 2,
      out: "",
      err: `mfa-deny: ${sentence}\n`,
    });
  });

  test("with the words that would do", async () => {
    const { err } = await cli(["generate", "--out", "-", "--attack", "constructor"]);
    expect(err).toMatch(/^mfa-deny: --attack is 'constructor'; it must be one of approved, /);
    const dialect = await cli(["generate", "--out", "-", "--dialect", "xml"]);
    expect(dialect.err).toContain(`it must be one of ${dialects.join(", ")}`);
  });

  test("adds harmless bursts at the rates that are asked for, with their truth", async () => {
    const folder = join(temporaryFolder(), "tenant");
    const args = ["generate", "--out", folder, "--users", "50", "--days", "7", "--sign-ins", "1"];
    const { code, out } = await cli([...args, "--attack", "none", "--benign", "enrolment=20"]);
    expect([code, out]).toEqual([0, expect.stringContaining("0 attacks, 10 harmless bursts")]);
    const truth = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as {
      readonly benign: readonly { readonly kind: string }[];
    };
    expect(truth.benign.map(({ kind }) => kind)).toEqual(Array(10).fill("enrolment"));
  });

  test("rejects a harmless burst that there is not, and a rate that is none", async () => {
    const refuse = async (benign: string) =>
      (await cli(["generate", "--out", "-", "--benign", benign])).err;
    expect(await refuse("none")).toContain("--benign is 'none'; it must be one of own-phone");
    expect(await refuse("enrolment=x")).toContain("the number must be from 0 to 9999.999");
  });
});
