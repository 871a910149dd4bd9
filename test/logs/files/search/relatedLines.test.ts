import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isCandidate } from "../../../../src/detection/signin/candidate.ts";
import type { Fields } from "../../../../src/detection/signin/fields.ts";
import { readSignIn } from "../../../../src/detection/signin/signIn.ts";
import { RelatedLines } from "../../../../src/logs/files/search/relatedLines.ts";
import { toDiagnosticRecord, toGraphSignIn } from "../../../../src/tenant/dialects.ts";
import { generateTenant } from "../../../../src/tenant/tenant.ts";
import { detect, temporaryFolder } from "../../../cli/terminal.ts";
import { rowsOf, startKeyword } from "../../../tenant/tenants.ts";

const rows = rowsOf(
  generateTenant({ seed: 12, users: 60, days: 2, startAt: startKeyword, signInsPerUserPerDay: 4 }),
);

/** What a row is known by, by reading all of it. */
function known(record: Fields) {
  const { account, origin } = readSignIn(record);
  return { names: [account?.user, account?.name], address: origin.ipAddress };
}

function fileOf(records: readonly object[], name = "log.json") {
  const path = join(temporaryFolder(), name);
  const text = records.map((each) => `${JSON.stringify(each)}\n`).join("");
  writeFileSync(path, text);
  return { path, bytes: Buffer.byteLength(text) };
}

function recordsIn(
  { path, bytes }: { readonly path: string; readonly bytes: number },
  wanted: { readonly names: readonly string[]; readonly addresses: readonly string[] },
) {
  const entries = RelatedLines.of(wanted)?.entries({ source: path, path, from: 0, to: bytes });
  return (entries ?? []).flatMap((entry) => (entry.kind === "record" ? [entry.record] : []));
}

const dialects = {
  "rows of Log Analytics": rows,
  "diagnostic records": rows.map(toDiagnosticRecord),
  "sign-ins of Microsoft Graph": rows.map(toGraphSignIn),
};

describe("lines that can matter for the context of findings", () => {
  it.each(Object.entries(dialects))("are found in %s", (_, records) => {
    const { names, address } = known(records[7] as Fields);
    const wanted = {
      names: names.filter((name) => typeof name === "string"),
      addresses: [known(records[11] as Fields).address ?? "", address ?? ""],
    };
    const found = recordsIn(fileOf(records), wanted);
    const expected = (records as readonly Fields[]).filter((record) => {
      const row = known(record);
      return (
        row.names.some((name) => wanted.names.includes(name ?? "")) ||
        wanted.addresses.includes(row.address ?? "") ||
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
  ])("are found where the address has %s", (_, address) => {
    const line = JSON.stringify({ ...rows[0], IPAddress: "@" }).replace('"@"', `"${address}"`);
    const path = join(temporaryFolder(), "log.json");
    writeFileSync(path, `${line}\n`);
    const file = { path, bytes: Buffer.byteLength(line) + 1 };
    const wanted = { names: [], addresses: ["203.0.113.66", "2001:db8::66"] };
    expect(recordsIn(file, wanted)).toHaveLength(1);
  });

  it.each([
    ["a name in capitals", { UserPrincipalName: "ALICE@Contoso.com" }],
    ["a name with blanks", { UserPrincipalName: " alice@contoso.com " }],
    ["a name beyond ASCII", { UserPrincipalName: "älice@contoso.com" }],
    ["no name", { UserPrincipalName: undefined, UserId: undefined }],
  ])("are found with %s", (_, fields) => {
    const file = fileOf([{ ...rows[0], UserId: undefined, ...fields }]);
    expect(recordsIn(file, { names: ["alice@contoso.com"], addresses: [] })).toHaveLength(1);
  });

  it("come in file order, from the range alone", () => {
    const { path, bytes } = fileOf(rows);
    const wanted = { names: [], addresses: rows.map(({ IPAddress }) => String(IPAddress)) };
    const half = Math.floor(bytes / 2);
    const lines = RelatedLines.of(wanted);
    const all = [...recordsIn({ path, bytes }, wanted)];
    expect(all).toEqual(rows.map((row) => expect.objectContaining({ Id: row.Id }) as unknown));
    const first = lines?.entries({ source: path, path, from: 0, to: half }) ?? [];
    expect(first.length).toBeLessThan(all.length);
  });

  it("give the context that all lines give", async () => {
    const { path } = fileOf(rows);
    const searched = await detect([path]);
    const read = await detect([path, "--every-row"]);
    expect(searched.findings.length).toBeGreaterThan(0);
    expect(searched.findings).toEqual(read.findings);
  });
});
