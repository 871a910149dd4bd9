import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { presets } from "../../src/detection/rules/presets.ts";
import {
  toDiagnosticRecord,
  toEventHubMessage,
  toJsonArray,
  toQueryAnswer,
} from "../../src/tenant/dialects.ts";
import { temporaryFolder, without, type Finding, type Report } from "../cli/terminal.ts";
import { built, example, mfaDeny, root } from "./cliProgram.ts";
import { isWhole, listed } from "../cases.ts";
import { incidentsIn } from "../tenant/tenants.ts";

interface TrueAttack {
  readonly kind: string;
  readonly tenantId: string;
  readonly user: string;
  readonly userId: string;
  readonly fraudReports: number;
  readonly approvedAt: string | null;
  readonly approvalMatch: string | null;
  readonly expectedRules: readonly {
    readonly rule: string;
    readonly denials: number;
    readonly firstDenialAt: string;
    readonly triggeredAt: string;
    readonly lastDenialAt: string;
    readonly severity: string;
  }[];
}

type ExampleRow = Parameters<typeof toDiagnosticRecord>[0];

const truth = JSON.parse(
  readFileSync(join(root, "examples", "contoso-day.truth.json"), "utf8"),
) as { readonly rows: number; readonly attacks: readonly TrueAttack[] };
const ndjson = gunzipSync(readFileSync(example));
const rows = ndjson
  .toString()
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as ExampleRow);
const everyRule = presets.flatMap(({ id }) => ["--rule", id]);
// Context needs a second look at a file, which standard input does not have; test/cli/detectContext.test.ts covers it.
const json = ["--format", "json", "--context", "off", ...everyRule];

/** By what, for whom and when: so that a difference is shown beside what it differs from. */
function byIdentity<T extends Partial<Finding>>(all: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(
    all.map((each) => [`${each.rule} ${each.user} ${each.triggeredAt}`, each]),
  );
}

/** The expected findings, in the form of the report. */
const expected = truth.attacks.flatMap((attack) =>
  incidentsIn(attack.expectedRules).map((found) => ({
    ...found,
    tenantId: attack.tenantId,
    user: attack.user,
    userId: attack.userId,
    fraudReports: attack.fraudReports,
    approval:
      attack.approvedAt === null ? null : { at: attack.approvedAt, match: attack.approvalMatch },
    action: "open",
    reason: "first-seen",
    guest: attack.kind === "guest",
  })),
);

/**
 * A report without what depends on how it was read: a search parses fewer rows, so it may see fewer people and
 * a shorter span.
 */
function comparable({ coverage, ...report }: Report) {
  const { verdict, rows: count, mfaFailures, withReason, unknownTexts } = coverage;
  return { ...report, coverage: { verdict, count, mfaFailures, withReason, unknownTexts } };
}

let whole: Report;
beforeAll(async () => {
  whole = await reportOf([example]);
});

async function reportOf(
  args: readonly string[],
  stdin: string | Buffer = "",
  code = 0,
): Promise<Report> {
  const ended = await mfaDeny(["detect", ...args, ...json], { stdin });
  expect({ code: ended.code, err: ended.err }).toEqual({ code, err: code === 0 ? "" : ended.err });
  return JSON.parse(ended.out) as Report;
}

/** Some rows know a prompt's time only in whole seconds, and the earliest known time counts. */
function inSeconds(found: Partial<Finding>): Partial<Finding> {
  const cut = (at = "") => at.slice(0, 19);
  return {
    ...found,
    firstDenialAt: cut(found.firstDenialAt),
    triggeredAt: cut(found.triggeredAt),
    lastDenialAt: cut(found.lastDenialAt),
  };
}

describe("the example", () => {
  test("gives exactly the findings of its truth, for every rule", () => {
    const found = whole.findings.map((finding) =>
      inSeconds(
        without(
          finding,
          "incidentId",
          "atLeast",
          "ipAddresses",
          "applications",
          "userAgents",
          "locations",
          "rules",
          "context",
        ),
      ),
    );
    expect(byIdentity(found)).toEqual(byIdentity(expected.map(inSeconds)));
    expect(found).toHaveLength(expected.length);
  });

  test("is read whole, and every row is accounted for", () => {
    const { run } = whole;
    const aside = Object.values(run.setAside).reduce((sum, count) => sum + count, 0);
    expect(run.rows).toBe(truth.rows);
    expect(run.classified + aside + run.badRecords).toBe(run.rows);
    expect(run).toMatchObject({ badRecords: 0, partial: false });
  });

  test("is read with --strict just the same", async () => {
    expect(comparable(await reportOf([example, "--strict"]))).toEqual(comparable(whole));
  });

  test("gives the findings of the rules that are on, without any option", async () => {
    const { code, out, err } = await mfaDeny(["detect", example]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const on = expected.filter(({ rule }) => rule !== "azure-ad-multiple-denied-mfa");
    for (const { user } of on) {
      expect(out).toContain(user);
    }
    expect(out.match(/^(?:High|Medium) /gm)).toHaveLength(on.length);
  });
});

describe("the same data", () => {
  const half = Math.floor(rows.length / 2);
  const lines = (records: readonly object[]) =>
    records.map((each) => `${JSON.stringify(each)}\n`).join("");
  const messages = Array.from({ length: Math.ceil(rows.length / 100) }, (_, index) =>
    toEventHubMessage(rows.slice(index * 100, index * 100 + 100)),
  );
  const containers: readonly (readonly [string, () => string])[] = [
    ["a Log Analytics export, one row a line", () => ndjson.toString()],
    ["a JSON array", () => toJsonArray(rows)],
    ["a JSON array on one line", () => JSON.stringify(rows)],
    ["a query answer", () => JSON.stringify(toQueryAnswer(rows))],
    ["a query answer, pretty-printed", () => JSON.stringify(toQueryAnswer(rows), null, 2)],
    ["Event Hub records, one a line", () => lines(rows.map(toDiagnosticRecord))],
    ["Event Hub records under records", () => JSON.stringify(toEventHubMessage(rows))],
    ["Event Hub messages, one a line", () => lines(messages)],
    ["Event Hub messages in an array", () => JSON.stringify(messages)],
    [
      "a Windows file with a byte order mark",
      () => `\uFEFF${ndjson.toString().replaceAll("\n", "\r\n")}`,
    ],
  ];

  test.each(listed(containers, 5))(
    "as %s gives the same report, from standard input and as a file, plain and gzip",
    async (name, text) => {
      const content = Buffer.from(text());
      const folder = temporaryFolder();
      writeFileSync(join(folder, "plain"), content);
      writeFileSync(join(folder, "packed"), gzipSync(content));
      const ways = [
        () => reportOf(["-"], content),
        () => reportOf([join(folder, "plain")]),
        () => reportOf([join(folder, "packed")]),
      ];
      // A share of them is one way for each container, in turn.
      const turn = containers.findIndex(([each]) => each === name) % ways.length;
      for (const way of isWhole ? ways : ways.slice(turn, turn + 1)) {
        expect(comparable(await way())).toEqual(comparable(whole));
      }
    },
  );

  test("as gzip on standard input gives the same report", async () => {
    expect(comparable(await reportOf(["-"], readFileSync(example)))).toEqual(comparable(whole));
  });

  test("as a folder of all kinds gives the same report", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "deeper", "still"), { recursive: true });
    const third = Math.floor(rows.length / 3);
    writeFileSync(join(folder, "3.json"), JSON.stringify(toQueryAnswer(rows.slice(0, third))));
    writeFileSync(
      join(folder, "deeper", "2.json.gz"),
      gzipSync(JSON.stringify(toEventHubMessage(rows.slice(third, half)))),
    );
    writeFileSync(join(folder, "deeper", "still", "1.log"), lines(rows.slice(half)));
    writeFileSync(join(folder, "readme.md"), "not a log");
    symlinkSync(folder, join(folder, "deeper", "loop"));
    expect(comparable(await reportOf([folder]))).toEqual(comparable(whole));
  });

  test("in any order, and twice, gives the same findings", async () => {
    const reversed = lines(rows.toReversed());
    expect((await reportOf(["-"], reversed)).findings).toEqual(whole.findings);
    expect((await reportOf(["-"], lines([...rows, ...rows]))).findings).toEqual(whole.findings);
  });

  test("cut into files over one state gives the same findings in the end", async () => {
    const state = join(temporaryFolder(), "state");
    const size = Math.ceil(rows.length / 5);
    for (let index = 0; index < rows.length; index += size) {
      await reportOf(["-", "--state", state], lines(rows.slice(index, index + size)));
    }
    const { findings } = await reportOf(["-", "--allow-empty", "--state", state]);
    const facts = (all: readonly Finding[]) =>
      byIdentity(all.map((each) => without(each, "incidentId", "action", "reason")));
    expect(facts(findings)).toEqual(facts(whole.findings));
    expect(findings.every(({ action }) => action === "none")).toBe(true);
  });
});

describe("damage", () => {
  test("of gzip that is cut off: what can be read is used, partial, exit code 3", async () => {
    const packed = readFileSync(example);
    const cut = packed.subarray(0, packed.length / 2);
    const folder = temporaryFolder();
    writeFileSync(join(folder, "cut.json.gz"), cut);
    const { code, out, err } = await mfaDeny(["detect", join(folder, "cut.json.gz"), ...json]);
    const { run, findings } = JSON.parse(out) as Report;
    expect(code).toBe(3);
    expect(run).toMatchObject({ partial: true, badRecords: 1 });
    expect(run.rows).toBeGreaterThan(100);
    expect(findings.length).toBeGreaterThan(0);
    expect(err).toMatch(/^mfa-deny: [^\n]*cut\.json\.gz: [^\n]+\n$/);
  });

  test("of a last line that is cut off is one bad record", async () => {
    const report = await reportOf(["-"], ndjson.subarray(0, ndjson.length - 100), 3);
    expect(report.run).toMatchObject({ partial: true, badRecords: 1, rows: truth.rows });
  });

  test("ends a strict run with exit code 2 and nothing on standard output", async () => {
    const cut = readFileSync(example).subarray(0, 150_000);
    const { code, out, err } = await mfaDeny(["detect", "-", "--strict"], { stdin: cut });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^mfa-deny: standard input: [^\n]+\n$/);
  });
});

describe("the program", () => {
  test("prints the version of the package and nothing else", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await mfaDeny(["--version"])).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
  });

  test("does not mind a reader that goes away", () => {
    const shell = (command: string) =>
      spawnSync("bash", ["-c", command], { cwd: root, encoding: "utf8" });
    const head = shell(
      `set -o pipefail; node dist/cli.mjs detect ${example} --format ndjson ${everyRule.join(" ")} | head -c 10`,
    );
    expect(head.stdout).toBe('{"schemaVe');
    expect(head.stderr).toBe("");
    expect(
      shell(`node dist/cli.mjs detect ${example} | true; echo "\${PIPESTATUS[0]}"`),
    ).toMatchObject({
      stdout: "0\n",
      stderr: "",
    });
    const both = shell(
      `(echo oops | node dist/cli.mjs detect - ; echo $? >&3) 3>&1 >/dev/null 2>&1 | cat`,
    );
    expect(both.stdout.trim()).toBe("2");
  });

  test("says in one sentence that its output cannot be written, with exit code 2", () => {
    const { status, stderr } = spawnSync(
      "bash",
      ["-c", `node dist/cli.mjs detect ${example} >/dev/full`],
      {
        cwd: root,
        encoding: "utf8",
      },
    );
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "mfa-deny: the output cannot be written (ENOSPC)\n",
    });
  });

  test("says in one sentence that it has no place for temporary files", async () => {
    const missing = join(temporaryFolder(), "missing");
    expect(await mfaDeny(["detect", example], { env: { TMPDIR: missing } })).toMatchObject({
      code: 2,
      out: "",
      err: `mfa-deny: ${missing}: temporary files cannot be written there (ENOENT)\n`,
    });
  });

  test("leaves nothing in the folder for temporary files", async () => {
    const temporary = temporaryFolder();
    for (const args of [[example], ["-"], ["missing"], ["-", "--strict"]]) {
      await mfaDeny(["detect", ...args], { env: { TMPDIR: temporary }, stdin: '{"Id":1}\noops\n' });
    }
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("runs by its own name from a copy that has only its own parts beside it", async () => {
    const folder = temporaryFolder();
    const copy = join(folder, "mfa-deny");
    cpSync(built, copy);
    for (const name of readdirSync(dirname(built)).filter((each) => each.startsWith("program-"))) {
      cpSync(join(dirname(built), name), join(folder, name));
    }
    expect(statSync(copy).mode & 0o111).not.toBe(0);
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const { status, stdout, stderr } = spawnSync(copy, ["detect", example, "--format", "csv"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\r\n").length).toBeGreaterThan(5);
  });

  test("does not depend on the time zone or the language of the machine", async () => {
    const env = { TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };
    const { out } = await mfaDeny(["detect", example, ...json], { env });
    expect(comparable(JSON.parse(out) as Report)).toEqual(comparable(whole));
  });
});
