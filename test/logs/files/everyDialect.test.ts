import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import {
  everyColumn,
  storagePath,
  toDiagnosticRecord,
  toEventHubMessage,
  toGraphPage,
  toGraphSignIn,
  toJsonArray,
  toLogAnalyticsCsv,
  toNdjson,
  toPortalCsv,
  toQueryAnswer,
} from "../../../src/tenant/dialects.ts";
import type { SigninRow } from "../../../src/tenant/row.ts";
import { generateTenant } from "../../../src/tenant/tenant.ts";
import { detect, temporaryFolder, type Finding } from "../../cli/terminal.ts";
import { rowsOf, startKeyword, text } from "../../tenant/tenants.ts";
import { zip } from "./containers/zipping.ts";

const tenant = generateTenant({
  seed: 7,
  users: 40,
  days: 2,
  startAt: startKeyword,
  signInsPerUserPerDay: 2,
});
const rows = rowsOf(tenant);
// Context needs a second look at a file, which standard input does not have.
const everyRule = [
  ...["explicit-mfa-deny", "azure-ad-multiple-denied-mfa", "mfa-deny-then-approve"].flatMap(
    (id) => ["--rule", id],
  ),
  "--context",
  "off",
];

async function findings(paths: readonly string[], ...args: readonly string[]) {
  const report = await detect([...paths, ...everyRule, ...args]);
  expect(report.run.badRecords).toBe(0);
  return report.findings;
}

/** The findings in one file of this content. */
async function findingsIn(content: string | Buffer, ...args: readonly string[]) {
  return findings([write(temporaryFolder(), "log", content)], ...args);
}

/** What others are compared with: findings in rows as Log Analytics exports them. */
async function findingsInRows(exported: readonly SigninRow[]): Promise<readonly Finding[]> {
  const report = await detect(["-", ...everyRule], { stdin: toNdjson(exported) });
  return report.findings;
}

function write(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const lines = (values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");
const without = (row: SigninRow, ...columns: readonly string[]): SigninRow =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name)));

/** Cuts rows into parts, as pages and messages hold them. */
function* parts(size: number): Generator<readonly SigninRow[]> {
  for (let from = 0; from < rows.length; from += size) {
    yield rows.slice(from, from + size);
  }
}

describe("the same tenant gives the same findings", () => {
  let expected: readonly Finding[];
  beforeAll(async () => {
    expected = await findingsInRows(rows);
    expect(new Set(expected.map(({ rule }) => rule)).size).toBe(3);
    expect(expected.length).toBeGreaterThan(10);
  });

  test.each<[string, () => string | Buffer, ...string[]]>([
    ["as a JSON array", () => toJsonArray(rows)],
    ["as a query's answer", () => JSON.stringify(toQueryAnswer(rows))],
    ["as diagnostic records, one a line", () => lines(rows.map(toDiagnosticRecord))],
    ["as messages of an Event Hub", () => lines(Array.from(parts(50), toEventHubMessage))],
    ["as CSV of a query", () => toLogAnalyticsCsv(rows), "--date-order", "mdy"],
    ["as CSV, day first", () => toLogAnalyticsCsv(rows, { dates: "dmy" }), "--date-order", "dmy"],
    ["as CSV with dots in dates", () => toLogAnalyticsCsv(rows, { dates: "dotted" })],
    ["as CSV with ISO times", () => toLogAnalyticsCsv(rows, { dates: "iso" })],
    ["as CSV with semicolons", () => toLogAnalyticsCsv(rows, { dates: "iso", delimiter: ";" })],
    ["as CSV with tabs", () => toLogAnalyticsCsv(rows, { dates: "iso", delimiter: "\t" })],
    ["as CSV of a union", () => toLogAnalyticsCsv(rows, { dates: "iso", pairs: true })],
    [
      "as CSV with its columns the other way round, and one that nobody knows",
      () =>
        toLogAnalyticsCsv(rows, {
          dates: "iso",
          columns: [{ name: "Extra", type: "string" }, ...everyColumn.toReversed()],
        }),
    ],
    [
      "as CSV with the columns that matter alone",
      () =>
        toLogAnalyticsCsv(rows, {
          dates: "iso",
          columns: everyColumn.filter(({ name }) => short.has(name)),
        }),
    ],
    ["as CSV in UTF-16", () => utf16(toLogAnalyticsCsv(rows, { dates: "iso" }))],
    ["as CSV, compressed", () => gzipSync(toLogAnalyticsCsv(rows, { dates: "iso" }))],
    ["in a zip file", () => zip([{ name: "logs/query.json", content: toJsonArray(rows) }])],
  ])("%s", async (_, content, ...args) => {
    expect(await findingsIn(content(), ...args)).toEqual(expected);
  });

  test("as the tree of a storage account", async () => {
    const files = new Map<string, SigninRow[]>();
    for (const row of rows) {
      const at = Date.parse(text(row, "TimeGenerated"));
      const path = storagePath(tenant.tenantId, at, text(row, "Category"));
      files.set(path, [...(files.get(path) ?? []), row]);
    }
    const folder = temporaryFolder();
    for (const [path, hour] of files) {
      write(folder, path, lines(hour.map(toDiagnosticRecord)));
    }
    expect(await findings([folder])).toEqual(expected);
  });
});

/** What detection reads and reports. */
const short = new Set(
  `TimeGenerated CreatedDateTime ResultType Status AuthenticationDetails IsInteractive Category Id
  OriginalRequestId AADTenantId UserPrincipalName UserId UserType IPAddress Location LocationDetails
  AppDisplayName AppId UserAgent DeviceDetail`.split(/\s+/),
);

function utf16(content: string): Buffer {
  return Buffer.from(`\uFEFF${content}`, "utf16le");
}

describe("Microsoft Graph gives the same findings as the others without sequences", () => {
  let expected: readonly Finding[];
  beforeAll(async () => {
    const bare = rows.map((row) => ({
      ...row,
      AuthenticationDetails: text(row, "AuthenticationDetails").replaceAll(
        /,\s*"(?:Status|Request)Sequence": \d+/g,
        "",
      ),
    }));
    expect(JSON.stringify(bare)).not.toContain("Sequence\\");
    expected = await findingsInRows(bare);
    expect(new Set(expected.map(({ rule }) => rule)).size).toBe(3);
  });

  const pages = () => {
    const all = [...parts(100)];
    return all.map((page, at) =>
      toGraphPage(page, at < all.length - 1 ? "https://graph.microsoft.com/next" : undefined),
    );
  };

  test.each([
    ["as an array", () => JSON.stringify(rows.map(toGraphSignIn), null, 2)],
    ["as lines", () => lines(rows.map(toGraphSignIn))],
    ["as one page", () => JSON.stringify(toGraphPage(rows))],
    [
      "as pages one after the other",
      () =>
        pages()
          .map((page) => JSON.stringify(page, null, 2))
          .join("\n"),
    ],
    ["as a page a line", () => lines(pages())],
    ["as a list of pages", () => JSON.stringify(pages())],
  ])("%s", async (_, content) => {
    expect(await findingsIn(content())).toEqual(expected);
  });

  test("as a file a page, in a folder and in a zip file", async () => {
    const packed = pages().map((page, at) => ({
      name: `page-${at}.json`,
      content: JSON.stringify(page),
    }));
    const folder = temporaryFolder();
    for (const { name, content } of packed) {
      write(folder, name, content);
    }
    expect(await findings([folder])).toEqual(expected);
    expect(await findingsIn(zip(packed))).toEqual(expected);
  });
});

describe("a download of the Entra portal gives the same findings as rows without steps and whole requests", () => {
  let expected: readonly Finding[];
  beforeAll(async () => {
    const bare = rows.map((row) => ({
      ...without(row, "AuthenticationDetails", "OriginalRequestId", "TimeGenerated"),
      CreatedDateTime: `${text(row, "CreatedDateTime").slice(0, 19)}Z`,
    }));
    expected = await findingsInRows(bare);
    expect(expected.length).toBeGreaterThan(3);
  });

  const files = () => {
    const other = (row: SigninRow) => row["IsInteractive"] === false;
    return [
      { name: "InteractiveSignIns.csv", content: toPortalCsv(rows.filter((row) => !other(row))) },
      { name: "NonInteractiveSignIns.csv", content: toPortalCsv(rows.filter(other)) },
    ];
  };

  test("as files", async () => {
    const folder = temporaryFolder();
    for (const { name, content } of files()) {
      write(folder, name, content);
    }
    expect(await findings([folder])).toEqual(expected);
  });

  test("zipped, with semicolons", async () => {
    const packed = files().map(({ name, content }) => ({ name, content: utf16(content) }));
    expect(await findingsIn(zip(packed))).toEqual(expected);
    expect(
      await findingsIn(
        toPortalCsv(
          rows.filter((row) => row["IsInteractive"] !== false),
          { delimiter: ";" },
        ),
      ),
    ).toEqual(expected);
  });
});

describe("--date-order", () => {
  test("is asked for by name where dates need it, and nothing is found without", async () => {
    await expect(findingsIn(toLogAnalyticsCsv(rows))).rejects.toThrow(
      /exit code 2: mfa-deny: [^\n]*log: the date on line \d+ can be read day first or month first; say which with --date-order dmy or --date-order mdy\n$/,
    );
  });

  test("must be one of two words", async () => {
    await expect(findingsIn(toNdjson(rows), "--date-order", "ymd")).rejects.toThrow(
      "--date-order is 'ymd'; it must be one of dmy, mdy",
    );
  });
});
