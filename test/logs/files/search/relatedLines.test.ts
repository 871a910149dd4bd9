import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isCandidate } from "../../../../src/detection/signin/candidate.ts";
import { isFields, type Fields } from "../../../../src/detection/signin/fields.ts";
import { readSignIn } from "../../../../src/detection/signin/signIn.ts";
import { LineNotes } from "../../../../src/logs/files/search/lineNotes.ts";
import { LineSearch } from "../../../../src/logs/files/search/lineSearch.ts";
import { searchRange } from "../../../../src/logs/files/search/rangeSearch.ts";
import { readLines } from "../../../../src/logs/files/search/readLines.ts";
import { relatedLines } from "../../../../src/logs/files/search/relatedLines.ts";
import { searches } from "../../../../src/logs/files/search/words.ts";
import type { RelatedTo } from "../../../../src/run/signInFiles.ts";
import { toDiagnosticRecord, toGraphSignIn } from "../../../../src/tenant/dialects.ts";
import { generateTenant } from "../../../../src/tenant/tenant.ts";
import { detect, temporaryFolder } from "../../../cli/terminal.ts";
import { rowsOf, startKeyword } from "../../../tenant/tenants.ts";

const rows = rowsOf(
  generateTenant({ seed: 12, users: 60, days: 2, startAt: startKeyword, signInsPerUserPerDay: 4 }),
);

/** What a row is known by, by reading all of it. */
function known(record: Fields) {
  const { account, origin, createdAt, resultType } = readSignIn(record);
  const names = [account?.user, account?.name].filter((name) => typeof name === "string");
  return { names, address: origin.ipAddress ?? "", at: createdAt ?? NaN, resultType };
}

function fileOf(lines: readonly string[]) {
  const path = join(temporaryFolder(), "log.json");
  const text = lines.map((line) => `${line}\n`).join("");
  writeFileSync(path, text);
  return { path, bytes: Buffer.byteLength(text) };
}

/** Searches a file in ranges of some lines each, and returns the lines that are related. */
function recordsIn(
  lines: readonly string[],
  wanted: Partial<RelatedTo>,
  linesPerRange = 100,
): readonly Fields[] {
  const { path } = fileOf(lines);
  const search = LineSearch.of(searches.denials, { notes: "all" });
  const notes = new LineNotes();
  for (let from = 0, line = 0; line < lines.length; line += linesPerRange) {
    const part = lines.slice(line, line + linesPerRange);
    const to = from + Buffer.byteLength(part.join("\n")) + 1;
    const range = { source: path, path, from, to };
    if (search !== null) {
      notes.add(range, searchRange(search, range, {}));
    }
    from = to;
  }
  const file = notes.of(path);
  const all = { from: -Infinity, to: Infinity, names: [], addresses: [] };
  const related = { ...all, wantsSuccess: () => true, ...wanted };
  function* found() {
    if (file !== undefined) {
      const { places, successes } = relatedLines(path, file, related);
      yield* readLines(file, path, places);
      yield* successes();
    }
  }
  return Array.from(found(), (line): Fields => {
    const record: unknown = JSON.parse(line.toString());
    return isFields(record) ? record : {};
  });
}

const written = (records: readonly object[]) => records.map((each) => JSON.stringify(each));

const dialects: Readonly<Record<string, readonly Fields[]>> = {
  "rows of Log Analytics": rows,
  "diagnostic records": rows.map(toDiagnosticRecord),
  "sign-ins of Microsoft Graph": rows.map(toGraphSignIn),
};

describe("lines that can matter for the context of findings", () => {
  it.each(Object.entries(dialects))("are found in %s", (_, records) => {
    const { names, address } = known(records[7] ?? {});
    const wanted = { names, addresses: [known(records[11] ?? {}).address, address] };
    const found = recordsIn(written(records), wanted);
    const expected = records.filter((record) => {
      const row = known(record);
      return (
        row.names.some((name) => wanted.names.includes(name)) ||
        wanted.addresses.includes(row.address) ||
        isCandidate(readSignIn(record))
      );
    });
    const keys = new Set(found.map((record) => JSON.stringify(known(record))));
    expect(expected.filter((record) => !keys.has(JSON.stringify(known(record))))).toEqual([]);
    expect(found.length).toBeGreaterThanOrEqual(expected.length);
    expect(found.length).toBeLessThan(records.length / 2);
  });

  it.each([
    ["a port", "203.0.113.66:50123"],
    ["brackets", "[2001:db8::66]:443"],
    ["another spelling", "2001:0DB8::0066"],
    ["an escape", "203.0.113.6\\u0036"],
    ["more than an address", `2001:db8::66%${"x".repeat(200)}`],
  ])("are found where the address has %s", (_, address) => {
    const line = JSON.stringify({ ...rows[0], IPAddress: "@" }).replace('"@"', `"${address}"`);
    const addresses = ["203.0.113.66", "2001:db8::66"];
    expect(recordsIn([line], { addresses })).toHaveLength(1);
  });

  it.each([
    ["203.0.113.66", "::ffff:203.0.113.66"],
    ["203.0.113.66", "::ffff:cb00:7142"],
    ["203.0.113.66", "0000:0:0:0:0:FFFF:cb00:7142"],
    ["203.0.113.66", "[::ffff:203.0.113.66]:443"],
  ])("are found where the address %s is written as one of version 6: %s", (address, spelling) => {
    const line = JSON.stringify({ ...rows[0], IPAddress: spelling });
    expect(recordsIn([line], { addresses: [address] })).toHaveLength(1);
  });

  it("are not read for their version 6 if no such address is wanted", () => {
    const line = JSON.stringify({ ...rows[0], IPAddress: "2001:db8::66" });
    const wantsSuccess = () => expect.unreachable();
    expect(recordsIn([line], { addresses: ["203.0.113.66"], wantsSuccess })).toEqual([]);
  });

  it.each(["2001:db8::67", "203.0.113.67", "203.0.113.67:443", null])(
    "are none of other addresses: %s",
    (address) => {
      const line = JSON.stringify({ ...rows[0], IPAddress: address });
      expect(recordsIn([line], { addresses: ["203.0.113.66", "2001:db8::66"] })).toEqual([]);
    },
  );

  it.each([
    ["a name in capitals", { UserPrincipalName: "ALICE@Contoso.com" }],
    ["a name with blanks", { UserPrincipalName: " alice@contoso.com " }],
    ["a name beyond ASCII", { UserPrincipalName: "älice@contoso.com" }],
    ["no name", { UserPrincipalName: undefined, UserId: undefined }],
  ])("are found with %s", (_, fields) => {
    const line = JSON.stringify({ ...rows[0], UserId: undefined, ...fields });
    expect(recordsIn([line], { names: ["alice@contoso.com"] })).toHaveLength(1);
  });

  it("come in file order if they are an account's own", () => {
    const found = recordsIn(written(rows), { names: rows.flatMap((row) => known(row).names) }, 7);
    expect(found).toEqual(rows.map((row) => expect.objectContaining({ Id: row.Id }) as unknown));
  });

  it("come in order of time if they are others' from an address, as long as they are wanted", () => {
    const of = (minute: number, fields: object = {}) => ({
      UserPrincipalName: "bob@contoso.com",
      IPAddress: "203.0.113.66",
      ResultType: "0",
      CreatedDateTime: `2026-03-10T09:${String(minute).padStart(2, "0")}:00Z`,
      ...fields,
    });
    const asked: number[] = [];
    const found = recordsIn(
      written([
        of(30),
        of(10),
        of(20, { IPAddress: "2001:db8::66" }),
        of(40, { ResultType: "50126" }),
        of(0, { CreatedDateTime: "2026-02-31T09:00:00Z" }),
        of(12, { IPAddress: "2001:db8::67" }),
      ]),
      {
        addresses: ["203.0.113.66", "2001:db8::66"],
        wantsSuccess: (_address, from) => {
          asked.push(from);
          return from < Date.UTC(2026, 2, 10, 9, 30);
        },
      },
    );
    expect(found.map(({ CreatedDateTime }) => CreatedDateTime)).toEqual([
      "2026-03-10T09:40:00Z",
      "2026-02-31T09:00:00Z",
      "2026-03-10T09:10:00Z",
      "2026-03-10T09:20:00Z",
    ]);
    expect(asked).toContain(Date.UTC(2026, 2, 10, 9, 30));
  });

  it("are left out if they lie outside of the wanted times", () => {
    const line = JSON.stringify({
      UserPrincipalName: "bob@contoso.com",
      CreatedDateTime: "2026-03-10T09:59:59Z",
    });
    const wanted = { names: ["bob@contoso.com"] };
    const [begin, end] = [Date.UTC(2026, 2, 10, 9, 59), Date.UTC(2026, 2, 10, 10)];
    expect(recordsIn([line], { ...wanted, to: begin - 1 })).toEqual([]);
    expect(recordsIn([line], { ...wanted, to: begin })).toHaveLength(1);
    expect(recordsIn([line], { ...wanted, from: end - 1 })).toHaveLength(1);
    expect(recordsIn([line], { ...wanted, from: end })).toEqual([]);
  });

  it("are found whatever their length", () => {
    const long = {
      ...rows[0],
      UserPrincipalName: "bob@contoso.com",
      Padding: "x y ".repeat(90_000),
    };
    const lines = written([rows[1] ?? {}, long, rows[2] ?? {}, long]);
    expect(recordsIn(lines, { names: ["bob@contoso.com"] })).toHaveLength(2);
  });

  it("give the context that all lines give", async () => {
    const { path } = fileOf(written(rows));
    const searched = await detect([path]);
    const read = await detect([path, "--every-row"]);
    expect(searched.findings.length).toBeGreaterThan(0);
    expect(searched.findings).toEqual(read.findings);
  });
});
