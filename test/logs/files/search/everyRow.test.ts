import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { findLogFiles } from "../../../../src/logs/files/findLogFiles.ts";
import { SignInLogs } from "../../../../src/logs/files/signInLogs.ts";
import { toDiagnosticRecord, toGraphSignIn, toNdjson } from "../../../../src/tenant/dialects.ts";
import { generateTenant } from "../../../../src/tenant/tenant.ts";
import { cli, detect, temporaryFolder, type Report } from "../../../cli/terminal.ts";
import { rowsOf, startKeyword } from "../../../tenant/tenants.ts";
import { zip } from "../containers/zipping.ts";
import { cases } from "../../../cases.ts";

/** More than the first lines, which are read whatever is in them. */
const rows = rowsOf(
  generateTenant({ seed: 11, users: 60, days: 1, startAt: startKeyword, signInsPerUserPerDay: 4 }),
);
// Context needs a second look at a file, which standard input does not have.
const everyRule = [
  ...["explicit-mfa-deny", "azure-ad-multiple-denied-mfa", "mfa-deny-then-approve"].flatMap(
    (id) => ["--rule", id],
  ),
  "--context",
  "off",
];

const lines = (values: readonly object[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");

function write(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** What is found in a file, wherever it lies and however it is packed. */
async function foundIn(
  path: string,
  { more = [], stdin }: { readonly more?: readonly string[]; readonly stdin?: Buffer } = {},
) {
  const report = await detect([path, ...everyRule, ...more], stdin && { stdin });
  const files = report.coverage.files.map(({ path: ___, container, ...file }) => ({
    ...file,
    container: container.at(-1),
  }));
  // Users are counted among the rows that were parsed.
  const { users: _, summary: __, ...coverage } = report.coverage;
  return { ...report, coverage: { ...coverage, files } };
}

/** What a search finds in a file, and what is found by taking every row apart. */
async function both(path: string) {
  return [await foundIn(path), await foundIn(path, { more: ["--every-row"] })] as const;
}

let plain: string;
let expected: Report;
beforeAll(async () => {
  plain = toNdjson(rows);
  expected = await detect(["-", ...everyRule, "--every-row"], { stdin: plain });
  expect(Buffer.byteLength(plain)).toBeGreaterThan(1_000_000);
  expect(expected.findings.some(({ approval }) => approval !== null)).toBe(true);
});

describe("a search reports what taking every row apart does, to the last count", () => {
  test.each<readonly [string, () => string]>([
    ["rows of Log Analytics", () => plain],
    [
      "with carriage returns, blank lines and a byte order mark",
      () => `\uFEFF${plain.replaceAll("\n", "\r\n").replaceAll("}\r\n{", "}\r\n\r\n{")}`,
    ],
    ["without a newline at the end", () => plain.trimEnd()],
    ["diagnostic records", () => lines(rows.map(toDiagnosticRecord))],
    [
      "diagnostic records with properties as text",
      () =>
        lines(
          rows.map(toDiagnosticRecord).map((record) => ({
            ...record,
            properties: JSON.stringify(record["properties"]),
          })),
        ),
    ],
    ["sign-ins of Microsoft Graph", () => lines(rows.map(toGraphSignIn))],
    [
      "envelopes among lines",
      () => `${plain}${JSON.stringify({ time: "t", records: rows.slice(0, 9) })}\n${plain}`,
    ],
    [
      "a line of more than a megabyte in the middle",
      () => `${plain}${JSON.stringify({ ...rows[0], Padding: "x".repeat(2_500_000) })}\n${plain}`,
    ],
    [
      "names beyond ASCII, escaped or not",
      () =>
        plain
          .replaceAll(/"UserPrincipalName":"(\w)/g, '"UserPrincipalName":"\\u00c4É$1')
          .replaceAll("Mobile app", "M\\u006fbile app"),
    ],
  ])("%s; plain, packed, from a pipe, with a state", async (_, content) => {
    const bytes = Buffer.from(content());
    const folder = temporaryFolder();
    const [searched, all] = await both(write(folder, "log.json", bytes));
    expect(searched).toEqual(all);
    expect(searched.findings.length).toBeGreaterThan(0);
    expect(await foundIn(write(folder, "a.json.gz", gzipSync(bytes)))).toEqual(all);
    const zipped = zip([{ name: "log.json", content: bytes }]);
    expect(await foundIn(write(folder, "a.zip", zipped))).toEqual(all);
    expect(await foundIn("-", { stdin: bytes })).toEqual(all);
    const more = ["--state", join(folder, "state")];
    expect(await foundIn(join(folder, "log.json"), { more })).toEqual(all);
  });

  test("several files of several kinds", async () => {
    const folder = temporaryFolder();
    const [a, b, c] = [0, 1, 2].map((part) => rows.filter((_, at) => at % 3 === part));
    write(folder, "a.json", toNdjson(a ?? []));
    write(folder, "b.json", lines((b ?? []).map(toDiagnosticRecord)));
    write(folder, "c/c.json.gz", gzipSync(toNdjson(c ?? [])));
    write(folder, "d.json", JSON.stringify(rows.slice(0, 5)));
    const [searched, all] = await both(folder);
    expect(searched).toEqual(all);
    expect(searched.run.rows).toBe(rows.length + 5);
  });
});

describe("damage", () => {
  /** One of many ways to break a text, the same for the same turn. */
  function broken(turn: number): Buffer {
    const bytes = Buffer.from(plain);
    let state = turn + 1;
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let count = 0; count < 300; count++) {
      const strange = ['"', "\\", "\n", "{", "}", "\0", "\xff", "5", "d"][next(9)] ?? "";
      bytes.write(strange, next(bytes.length), "latin1");
    }
    return bytes;
  }

  test("of any kind leaves the findings the same", async () => {
    for (let turn = 0; turn < cases(12); turn++) {
      const path = write(temporaryFolder(), "log.json", broken(turn));
      const [found, all] = await Promise.all(
        [[], ["--every-row"]].map(async (more) => {
          const { out } = await cli(["detect", path, ...everyRule, "--format", "json", ...more]);
          return JSON.parse(out) as Report;
        }),
      );
      expect(found?.findings).toEqual(all?.findings);
      expect(found?.run.denials).toBe(all?.run.denials);
      // Some of it is in lines that nobody looks into.
      expect(found?.run.badRecords).toBeLessThanOrEqual(all?.run.badRecords ?? 0);
      expect(found?.run.badRecords).toBeGreaterThan(0);
    }
  });

  test("of a truncated line is reported with its number, wherever it is", async () => {
    const all = plain.trimEnd().split("\n");
    const quiet = all.findLastIndex((line) => !/denied|declined|500121|completed/i.test(line));
    all[quiet] = all[quiet]?.slice(0, 100) ?? "";
    const log = write(temporaryFolder(), "log.json", all.join("\n"));
    const { code, err } = await cli(["detect", log]);
    expect(code).toBe(3);
    expect(err).toMatch(new RegExp(`^mfa-deny: ${log}:${quiet + 1}: object is cut off\\n$`));
  });

  test("inside of a line without a denial word is reported only with --every-row and --strict", async () => {
    const log = write(temporaryFolder(), "log.json", `${plain}{"ResultType" "0"}\n`);
    expect((await cli(["detect", log])).code).toBe(0);
    expect((await cli(["detect", log, "--every-row"])).code).toBe(3);
    expect((await cli(["detect", log, "--strict"])).code).toBe(2);
  });
});

describe("a run that goes wrong", () => {
  const logs = async (path: string, more: Partial<ConstructorParameters<typeof SignInLogs>[1]>) =>
    new SignInLogs(await findLogFiles([path]), {
      everyRow: false,
      everyApproval: false,
      context: true,
      threads: 1,
      threadProgram: null,
      ...more,
    });

  test("ends with the reason for which it is interrupted", async () => {
    const path = write(temporaryFolder(), "log.json", plain);
    const interrupt = new AbortController();
    const reason = new Error("interrupted");
    const onBytes = () => interrupt.abort(reason);
    const { signal } = interrupt;
    const reading = (await logs(path, { signal, onBytes })).read({});
    await expect(async () => {
      for await (const _ of reading) {
      }
    }).rejects.toBe(reason);
  });

  test("reports all bytes that it reads", async () => {
    const path = write(temporaryFolder(), "log.json", plain);
    let bytes = 0;
    const onBytes = (count: number) => (bytes += count);
    for await (const _ of (await logs(path, { onBytes })).read({})) {
    }
    expect(bytes).toBe(Buffer.byteLength(plain));
  });

  test.each([
    ["has become shorter", (path: string) => truncateSync(path, 400_000)],
    ["has become longer", (path: string) => appendFileSync(path, plain)],
  ])("because a file %s finds what is there", async (_, change) => {
    const path = write(temporaryFolder(), "log.json", plain);
    const reading = await logs(path, { onBytes: () => change(path) });
    let count = 0;
    for await (const { counts } of reading.read({})) {
      count += counts.rows;
    }
    expect(count).toBeGreaterThan(50);
    const account = { tenantId: null, user: "nobody@contoso.com" };
    const found: unknown[] = [];
    for await (const approval of reading.approvals([account])) {
      found.push(approval);
    }
    expect(found).toEqual([]);
  });
});
