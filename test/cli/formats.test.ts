import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { promptOutcomes } from "../../src/detection/signin/outcome.ts";
import { setAsideReasons } from "../../src/detection/signin/classify.ts";
import { approved, denied, row, time } from "../builders.ts";
import { cli, denials, ndjson, temporaryFolder, type Report } from "./terminal.ts";

const input = readFileSync(fileURLToPath(new URL("golden/input.ndjson", import.meta.url)));
const everyRule = [
  "explicit-mfa-deny",
  "azure-ad-multiple-denied-mfa",
  "mfa-deny-then-approve",
].flatMap((id) => ["--rule", id]);

async function output(format: string, stdin: string | Buffer = input): Promise<string> {
  const { code, out } = await cli(["detect", "-", "--format", format, ...everyRule], { stdin });
  expect(code).toBe(stdin === input ? 3 : 0);
  return out;
}

describe("the output of many findings", () => {
  const stdin = ndjson(
    Array.from({ length: 130 }, (_, hours) => {
      const at = time("09:00") + hours * 3_600_000;
      return row({ at, steps: [denied(at)] });
    }),
  );
  const found = async (format: string) =>
    (await cli(["detect", "-", "--format", format, "--threshold", "1"], { stdin })).out;

  test("is JSON like that of a single text", async () => {
    const out = await found("json");
    const report = JSON.parse(out) as Report;
    expect(report.findings).toHaveLength(130);
    expect(out).toBe(`${JSON.stringify(report, null, 2)}\n`);
  });

  test("is a line for each", async () => {
    const lines = (await found("ndjson")).trimEnd().split("\n");
    const { findings } = JSON.parse(await found("json")) as Report;
    expect(lines.slice(0, -1).map((each) => JSON.parse(each) as unknown)).toEqual(
      findings.map((finding) => ({ schemaVersion: 1, finding })),
    );
  });
});

describe("the output of a small log stays as it is", () => {
  test.each([["table"], ["json"], ["ndjson"]])("%s", async (format) => {
    await expect(await output(format)).toMatchFileSnapshot(`golden/${format}.txt`);
  });

  test("csv", async () => {
    const out = await output("csv");
    // The ends of lines that the format asks for would not survive a checkout.
    await expect(out.replaceAll("\r", "␍")).toMatchFileSnapshot("golden/csv.txt");
  });

  test("table, when no format is asked for", async () => {
    expect((await cli(["detect", "-", ...everyRule], { stdin: input })).out).toBe(
      await output("table"),
    );
  });
});

describe("JSON", () => {
  test("has the documented keys in the documented order", async () => {
    const report = JSON.parse(await output("json")) as Report;
    expect(Object.keys(report)).toEqual([
      "schemaVersion",
      "run",
      "coverage",
      "findings",
      "notOpened",
    ]);
    expect(Object.keys(report.run)).toEqual([
      "rows",
      "classified",
      "setAside",
      "badRecords",
      "unclassified",
      "denials",
      "outcomes",
      "excludedBy",
      "partial",
    ]);
    expect(Object.keys(report.run.setAside)).toEqual(setAsideReasons);
    expect(Object.keys((report.run as unknown as { outcomes: object }).outcomes)).toEqual(
      promptOutcomes,
    );
    for (const finding of report.findings) {
      expect(Object.keys(finding)).toEqual([
        "incidentId",
        "rule",
        "tenantId",
        "user",
        "userId",
        "denials",
        "atLeast",
        "fraudReports",
        "firstDenialAt",
        "triggeredAt",
        "lastDenialAt",
        "severity",
        "approval",
        "action",
        "reason",
        "ipAddresses",
        "applications",
        "userAgents",
        "locations",
        "guest",
        "rules",
        "context",
      ]);
    }
  });

  test("accounts for every row", async () => {
    const { run } = JSON.parse(await output("json")) as Report;
    const aside = Object.values(run.setAside).reduce((sum, count) => sum + count, 0);
    expect(run.rows).toBe(input.toString().split("\n").length - 1);
    expect(run.classified + aside + run.badRecords).toBe(run.rows);
  });

  test("writes times in milliseconds, UTC", async () => {
    const times = [...(await output("json")).matchAll(/"\w*[aA]t": "([^"]*)"/g)];
    expect(times.length).toBeGreaterThan(10);
    for (const [, shown] of times) {
      expect(shown).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
  });

  test("has null, not a missing key, without an approval, tenant or user id", async () => {
    const rows = denials("09:00", 5, { fields: { AADTenantId: undefined, UserId: undefined } });
    const out = await output("json", ndjson(rows));
    expect(out).toContain('"approval": null');
    expect(out).toContain('"tenantId": null');
    expect(out).toContain('"userId": null');
  });

  test("sorts findings by trigger, user and rule, whatever the order of the rows", async () => {
    const names = ["zoe", "adam", "Mia"];
    const rows = names.flatMap((name) =>
      denials("09:00", 5, { user: { name: `${name}@contoso.com`, id: name } }),
    );
    const { findings } = JSON.parse(await output("json", ndjson(rows.toReversed()))) as Report;
    expect(findings.map(({ user }) => user)).toEqual([
      "adam@contoso.com",
      "mia@contoso.com",
      "zoe@contoso.com",
    ]);
    const keys = (JSON.parse(await output("json")) as Report).findings.map(
      ({ triggeredAt, user, rule }) => `${triggeredAt} ${user} ${rule}`,
    );
    expect(keys).toEqual(keys.toSorted());
  });

  test("ends with a single line end and has nothing else", async () => {
    expect((await output("json")).endsWith("}\n")).toBe(true);
  });
});

test("NDJSON is a finding a line and ends with the run, so that a cut shows", async () => {
  const lines = (await output("ndjson")).trimEnd().split("\n");
  const whole = JSON.parse(await output("json")) as Report;
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(parsed.slice(0, -1)).toEqual(
    whole.findings.map((finding) => ({ schemaVersion: 1, finding })),
  );
  expect(parsed.at(-1)).toEqual({ schemaVersion: 1, run: whole.run, coverage: whole.coverage });
});

describe("CSV", () => {
  const cells = async (fields: Readonly<Record<string, unknown>>) =>
    output("csv", ndjson(denials("09:00", 5, { fields })));

  test("quotes what has a comma, a quote or a line end in it", async () => {
    expect(await cells({ UserAgent: 'a "b", c' })).toContain(',"a ""b"", c",');
    expect(await cells({ UserAgent: "a\nb" })).toContain(',"a\nb",');
    expect(await cells({ UserAgent: "plain; text" })).toContain(",plain; text,");
  });

  test.each(["=", "+", "-", "@", "＝", "＋", "－", "＠"])(
    "keeps a spreadsheet from taking %s for the start of a formula",
    async (start) => {
      expect(await cells({ UserAgent: `${start}1|x` })).toContain(`,'${start}1|x,`);
      expect(await cells({ UserAgent: `1${start}1` })).toContain(`,1${start}1,`);
    },
  );

  test("guards a cell that needs quotes, too", async () => {
    expect(await cells({ UserAgent: '=A1,"b"' })).toContain(`,"'=A1,""b""",`);
  });

  test("has a header and nothing else where nothing was found", async () => {
    const out = await output("csv", ndjson(denials("09:00", 1)));
    expect(out).toMatch(/^incidentId,rule,[^\n]*,partial,verdict\r\n$/);
  });

  test("has as many cells in every row as in the header", async () => {
    const count = (line: string) => line.replaceAll(/"(?:[^"]|"")*"/g, "x").split(",").length;
    const [head, ...rows] = (await cells({ UserAgent: 'a, "b"' })).trimEnd().split("\r\n");
    for (const line of rows) {
      expect(count(line)).toBe(count(head!));
    }
  });
});

describe("for spreadsheets", () => {
  const cells = (line: string) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
      ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain,
    );

  test.each(["excel", "prompts"])("%s stays as it is", async (format) => {
    const out = await output(format);
    await expect(out.replaceAll("\r", "␍")).toMatchFileSnapshot(`golden/${format}.txt`);
  });

  test("they begin with a mark, and their times are times in Excel", async () => {
    for (const format of ["excel", "prompts"]) {
      const out = await output(format);
      expect(out.startsWith("\uFEFF")).toBe(true);
      expect(out).toMatch(/(?:^|,)2026-03-10 09:00:13(?:,|$)/m);
      expect(out).not.toMatch(/\d\dT\d\d:/);
    }
  });

  test("prompts has as many rows as findings have refused prompts", async () => {
    const report = JSON.parse(await output("json")) as Report;
    const refused = report.findings.reduce((sum, { denials: count }) => sum + count, 0);
    expect((await output("prompts")).trimEnd().split("\r\n")).toHaveLength(1 + refused);
  });

  test.each(["excel", "prompts"])(
    "no text of a log is a formula or hides in %s",
    async (format) => {
      const hostile = fc.string({
        unit: fc.constantFrom(
          "=",
          "+",
          "@",
          "-",
          "＝",
          "a",
          ",",
          '"',
          "\n",
          "\r",
          "\t",
          "\u202e",
          "\u200b",
          "\u001b",
          ";",
        ),
        minLength: 1,
        maxLength: 20,
      });
      await fc.assert(
        fc.asyncProperty(hostile, hostile, async (name, agent) => {
          const rows = denials("09:00", 5, {
            user: { name: `${name}x@contoso.com`, id: "e" },
            fields: { UserAgent: agent, AppDisplayName: agent },
          });
          const [head, ...lines] = (await output(format, ndjson(rows))).trimEnd().split("\r\n");
          for (const line of lines) {
            expect(cells(line)).toHaveLength(cells(head!).length);
            for (const cell of cells(line)) {
              expect(cell).not.toMatch(/^[=+\-@＝＋－＠]|[\p{Cc}\p{Cf}]/u);
            }
          }
        }),
        { numRuns: 30 },
      );
    },
  );

  test("--save writes the file, byte for byte, and says where", async () => {
    const file = join(temporaryFolder(), "with blank.csv");
    const { out } = await cli(["detect", "-", "--format", "excel", "--save", file, ...everyRule], {
      stdin: input,
    });
    expect(out).toBe(`Written: ${file}\n`);
    expect(readFileSync(file, "utf8")).toBe(await output("excel"));
    const folder = temporaryFolder();
    const { code, err } = await cli(["detect", "-", "--save", folder], { stdin: input });
    expect(code).toBe(2);
    expect(err).toContain(`--save ${folder} cannot be written (EISDIR)`);
  });
});

test("--out says where the incidents are, in text for people only", async () => {
  const folder = join(temporaryFolder(), "incidents");
  const stdin = ndjson(denials("09:00", 5));
  const args = ["detect", "-", "--out", folder];
  expect((await cli(args, { stdin })).out).toContain(
    `Written: ${folder} (1 incident, a file each)`,
  );
  expect((await cli([...args, "--format", "csv"], { stdin })).out).not.toContain("Written");
  expect((await cli(args, { stdin: ndjson(denials("09:00", 1)) })).out).toContain(
    "Written: no incident",
  );
});

describe("the table", () => {
  test("shows no control or direction character of a name as it is", async () => {
    const name = "eve\u202Emoc.osotnoc\u0007\u001b[31m\u2028\u200b\r\n@contoso.com";
    const out = await output("table", ndjson(denials("09:00", 5, { user: { name, id: "e" } })));
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2028]/);
    expect(out).toContain("eve[U+202E]moc.osotnoc[U+0007][U+001B][31m[U+2028]");
    expect(out.match(/eve\[U/g)).toHaveLength(2);
  });

  test("cuts a name that would fill the screen", async () => {
    const name = `${"x".repeat(5000)}@contoso.com`;
    const out = await output("table", ndjson(denials("09:00", 5, { user: { name, id: "e" } })));
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThan(500);
  });

  test("says so where nothing was found", async () => {
    const answer = row({ at: "09:30", resultType: "0", steps: [approved("09:30")] });
    expect(await output("table", ndjson([answer]))).toBe(
      [
        "No findings in 1 sign-in by 1 user, 2026-03-10 09:30 to 09:31; no MFA failures.",
        "",
        "1 row read: 0 may show a refusal, 1 not about a refused prompt. 0 refused prompts.",
        "--verbose shows rules, ids and outcomes; --format json has everything.",
        "",
      ].join("\n"),
    );
  });
});
