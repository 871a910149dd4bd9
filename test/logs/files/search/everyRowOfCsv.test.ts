import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import type { Fields } from "../../../../src/detection/signin/fields.ts";
import { generateTenant } from "../../../../src/tenant/tenant.ts";
import { cases } from "../../../cases.ts";
import { cli, detect, temporaryFolder } from "../../../cli/terminal.ts";
import { rowsOf, startKeyword } from "../../../tenant/tenants.ts";
import { zip } from "../containers/zipping.ts";

/** Far more than the first rows, which are read whatever is in them. */
const generated: readonly Fields[] = rowsOf(
  generateTenant({ seed: 11, users: 60, days: 1, startAt: startKeyword, signInsPerUserPerDay: 4 }),
);
/** A row that has no reason to be read, of a user without another. */
const quiet = generated.findLastIndex(
  (row, at) =>
    at < generated.length - 100 &&
    !/50012|denied|declined|duplicate|fraud|select|completed/i.test(JSON.stringify(row)),
);
const rows = generated.with(quiet, {
  ...generated[quiet],
  UserPrincipalName: "quiet@contoso.com",
  UserId: "11111111-2222-4333-8444-555555555555",
});
const columns = Object.keys(rows[0] ?? {});

interface Style {
  readonly delimiter?: string;
  readonly end?: string;
  readonly columns?: readonly string[];
  /** How JSON is indented. */
  readonly indent?: number;
  /** Whether all cells have quotes, or only those that need them. */
  readonly quoted?: boolean;
  readonly named?: (column: string) => string;
  readonly cell?: (text: string, column: string, row: number) => string;
}

const all = columns;

function csv(style: Style = {}, from: readonly Fields[] = rows): string {
  const { delimiter = ",", end = "\n", columns: names = all, indent = 0, quoted = false } = style;
  const { named = (column) => column, cell = (text) => text } = style;
  const written = (text: string) =>
    quoted || text === "" || ['"', "\n", "\r", delimiter].some((mark) => text.includes(mark))
      ? `"${text.replaceAll('"', '""')}"`
      : text;
  const textOf = (value: unknown) =>
    typeof value === "string" ? value : JSON.stringify(value ?? "", null, indent);
  return [
    names.map(named),
    ...from.map((row, at) => names.map((name) => cell(textOf(row[name]), name, at))),
  ]
    .map((cells) => cells.map(written).join(delimiter) + end)
    .join("");
}

const everyRule = [
  "explicit-mfa-deny",
  "azure-ad-multiple-denied-mfa",
  "mfa-deny-then-approve",
].flatMap((id) => ["--rule", id]);

function write(name: string, content: string | Buffer): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** What is found in a file, wherever it lies and however it is packed. */
async function foundIn(path: string, more: readonly string[] = [], stdin?: Buffer) {
  const { out, err, code } = await cli(
    ["detect", path, ...everyRule, "--format", "json", ...more],
    stdin && { stdin },
  );
  const problems = err.replaceAll(path === "-" ? "standard input" : path, "FILE");
  if (out === "") {
    return { code, problems };
  }
  const report = JSON.parse(out) as Awaited<ReturnType<typeof detect>>;
  const files = report.coverage.files.map(({ path: ___, oldestRow: ____, ...file }) => ({
    ...file,
    container: file.container.at(-1),
  }));
  // Of the rows that were parsed.
  const parsed = ["users", "mfaFailures", "withReason", "oldestRow", "summary"];
  const coverage = Object.fromEntries(
    Object.entries(report.coverage).filter(([name]) => !parsed.includes(name)),
  );
  return { ...report, coverage: { ...coverage, files }, code, problems };
}

/** Reports whether rows are passed without being parsed. */
async function isSearched(path: string): Promise<boolean> {
  const users = async (...more: string[]) => {
    const { coverage } = await detect([path, "--context", "off", ...more]);
    return coverage.users;
  };
  const found = await users();
  return found < (await users("--every-row"));
}

describe("a search of CSV reports what reading every row does, to the last count", () => {
  const usual = columns.filter((name) => name !== "Type");
  test.each<readonly [string, () => string]>([
    ["as written by databases", () => csv({ indent: 2 })],
    ["with every cell in quotes", () => csv({ quoted: true })],
    [
      "with CR LF, also in cells",
      () => csv({ indent: 1, end: "\r\n" }).replaceAll(/\r?\n/g, "\r\n"),
    ],
    ["with semicolons", () => csv({ delimiter: ";" })],
    ["with tabs", () => csv({ delimiter: "\t", indent: 2 })],
    [
      "with a line for the delimiter and a byte order mark",
      () => `\uFEFFsep=|\n${csv({ delimiter: "|" })}`,
    ],
    [
      "with the type of PowerShell",
      () => `#TYPE Selected.System.String\r\n${csv({ quoted: true, end: "\r\n" })}`,
    ],
    [
      "with blank lines and blank rows",
      () => csv().replaceAll("\n6", `\n\n${",".repeat(columns.length - 1)}\n \r\n6`),
    ],
    ["without a newline at the end", () => csv().trimEnd()],
    ["with the columns in another order", () => csv({ columns: usual.toReversed() })],
    [
      "with the last column quoted and CR LF",
      () => csv({ columns: [...usual, "Type"], quoted: true, end: "\r\n" }),
    ],
    [
      "with the zone in the header",
      () => csv({ named: (name) => (name === "TimeGenerated" ? `${name} [UTC]` : name) }),
    ],
    [
      "with Graph's names",
      () => csv({ named: (name) => name.charAt(0).toLowerCase() + name.slice(1) }),
    ],
    [
      "with names beyond ASCII",
      () => csv({ cell: (text, name) => (name === "UserPrincipalName" ? `ÄÉ${text}` : text) }),
    ],
    [
      "with quotes and delimiters in names",
      () => csv({ cell: (text, name) => (name === "UserPrincipalName" ? `"a",${text}` : text) }),
    ],
    ["with a column twice", () => csv({ columns: [...columns, "UserId"] })],
    [
      "with cells behind the last column",
      () => csv().replaceAll(/(?<!AutonomousSystemNumber,Type)\n/g, ",,\n"),
    ],
    ["with a short row", () => csv().replace("\n", "\nshort,row\n")],
    [
      "with times of a spreadsheet",
      () =>
        csv({
          cell: (text, name) =>
            /Time/.test(name) ? text.replace("T", " ").replace("Z", "") : text,
        }),
    ],
    [
      "with one time that only a spreadsheet writes",
      () =>
        csv({
          cell: (text, name, at) =>
            at === quiet && name === "TimeGenerated" ? "13.3.2026 10:11" : text,
        }),
    ],
    [
      "with one time that has two readings",
      () =>
        csv({
          cell: (text, name, at) =>
            at === quiet && name === "TimeGenerated" ? "3/4/2026 10:11" : text,
        }),
    ],
    ["without any time", () => csv({ columns: columns.filter((name) => !/Time/.test(name)) })],
    [
      "in Latin 1",
      () =>
        csv({
          cell: (text, name, at) => (name === "Identity" && at > 300 ? `\u{10ffff}${text}` : text),
        }),
    ],
    [
      "with an envelope's column",
      () => csv({ named: (name) => (name === "Identity" ? "records" : name) }),
    ],
    [
      "with columns of steps",
      () => csv({ named: (name) => (name === "Identity" ? "Result detail" : name) }),
    ],
  ])("%s", async (name, content) => {
    const text = Buffer.from(content());
    const bytes = name.includes("Latin")
      ? // Without the first byte of each of these, it is not UTF-8.
        Buffer.from(text.toString("latin1").replaceAll("\u00f4", ""), "latin1")
      : text;
    const path = write("log.csv", bytes);
    const expected = await foundIn(path, ["--every-row"]);
    expect(await foundIn(path)).toEqual(expected);
    expect(await foundIn(write("a.csv.gz", gzipSync(bytes)))).toEqual(expected);
  });

  test("in an archive, from a pipe, and with a state", async () => {
    const folder = temporaryFolder();
    const bytes = Buffer.from(csv());
    const path = write("log.csv", bytes);
    const archive = write("a.zip", zip([{ name: "log.csv", content: bytes }]));
    expect(await foundIn(archive)).toEqual(await foundIn(path, ["--every-row"]));
    // Context needs a second look at a file, which a pipe does not have.
    const expected = await foundIn(path, ["--context", "off", "--every-row"]);
    expect(await foundIn("-", ["--context", "off"], bytes)).toEqual(expected);
    const state = ["--context", "off", "--state", join(folder, "state")];
    expect(await foundIn(path, state)).toEqual(expected);
  });

  test.each([
    ["with commas", {}],
    ["with newlines in cells", { indent: 2 }],
    ["with semicolons and CR LF", { delimiter: ";", end: "\r\n", quoted: true }],
  ] as const)("and it does pass rows, %s", async (_, style) => {
    expect(await isSearched(write("log.csv", csv(style)))).toBe(true);
    expect(await isSearched(write("log.csv.gz", gzipSync(csv(style))))).toBe(true);
  });
});

describe("damage", () => {
  let plain: Buffer;
  beforeAll(() => {
    plain = Buffer.from(csv({ indent: 1 }));
  });

  /** One of many ways to break a text, the same for the same turn. */
  function broken(turn: number): Buffer {
    const bytes = Buffer.from(plain);
    let state = turn + 1;
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let count = 0; count < 6 ** (turn % 4); count++) {
      const strange = ['"', '"', ",", "\n", "\r", "\r\n", "\xff", "5", ""][next(9)] ?? "";
      bytes.write(strange, 5_000 + next(bytes.length - 5_000), "latin1");
    }
    return turn % 3 === 0 ? bytes.subarray(0, bytes.length - next(3_000)) : bytes;
  }

  test("of any kind is found and reported the same", async () => {
    for (let turn = 0; turn < cases(12); turn++) {
      const path = write("log.csv", broken(turn));
      expect(await foundIn(path)).toEqual(await foundIn(path, ["--every-row"]));
    }
  });
});

describe("a large file", () => {
  const padded = (pad: string) =>
    csv({
      columns: [...columns, "Padding"],
      cell: (text, name) => (name === "Padding" ? pad : text),
    });

  test.each([
    ["with newlines in cells", "x".repeat(6_000).concat("\n").repeat(6)],
    // Any of its lines may be taken for a row.
    ["with rows in cells", csv({}, rows.slice(0, 9)).repeat(3)],
    ["with an odd quote now and then", "x".repeat(36_000)],
  ])("%s is cut into parts that are read as one", async (name, pad) => {
    const text = padded(pad);
    expect(text.length).toBeGreaterThan(9_000_000);
    const odd = text
      .split(pad)
      .map((part, at) => (at % 7 === 6 ? `${part}x"` : part))
      .join(pad);
    const path = write("log.csv", name.includes("odd") ? odd : text);
    const report = await foundIn(path);
    expect(report).toEqual(await foundIn(path, ["--every-row"]));
    expect("findings" in report ? report.findings.length : 0).toBeGreaterThan(0);
  });
});
