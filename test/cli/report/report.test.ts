import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Redaction } from "../../../src/cli/report/redact.ts";
import { alice, row, type Row } from "../../builders.ts";
import { cli, denials, temporaryFolder, writeRows } from "../terminal.ts";

const read = (path: string) => readFileSync(path, "utf8");

function logs(...more: readonly Row[]): { readonly folder: string; readonly log: string } {
  const folder = temporaryFolder();
  const other = row({ at: "08:00", resultType: "0", address: "203.0.113.250" });
  return {
    folder,
    log: writeRows(join(folder, "logs.json"), [...denials("09:00", 5), other, ...more]),
  };
}

test("the page names the attack, the log and its hash, and the terminal says where it is", async () => {
  const { folder, log } = logs();
  const out = join(folder, "page.html");
  const { code, out: said } = await cli(["report", log, "--out", out]);
  expect(code).toBe(0);
  expect(said).toMatch(
    /^1 user was attacked; these logs show no sign that the attacker got in\.\n/,
  );
  expect(said).toContain(`Written: ${out}\n`);
  const page = read(out);
  expect(page).toContain(alice.name.replace("@", "<wbr />@"));
  expect(page).toContain(createHash("sha256").update(read(log)).digest("hex"));
});

test("a case folder has the findings, a timeline for Timesketch, and only the rows that show refusals", async () => {
  const { folder, log } = logs();
  const dir = join(folder, "case");
  const { code } = await cli(["report", log, "--out", join(folder, "p.html"), "--case", dir]);
  expect(code).toBe(0);
  const findings = JSON.parse(read(join(dir, "findings.json"))) as { findings: object[] };
  expect(findings.findings).toHaveLength(1);
  const [head, ...events] = read(join(dir, "timeline.csv")).trimEnd().split("\r\n");
  expect(head).toMatch(/^message,datetime,timestamp_desc,timestamp,/);
  expect(events).toHaveLength(5);
  expect(events[0]).toContain("2026-03-10T09:00:00.000Z,MFA prompt refused,1773133200000000,");
  const rows = read(join(dir, "rows.ndjson")).trimEnd().split("\n");
  expect(rows).toHaveLength(5);
  expect(rows.join()).not.toContain("203.0.113.250");
  expect(read(join(dir, "README.txt"))).toContain("rows.ndjson    5 sign-in rows");
});

/** Words that stand only where something names a person, a place, a device or a customer. */
const canaries = {
  folder: "canaryfolder",
  file: "canaryfile",
  other: "canaryother",
  name: "Canaryname",
  city: "Canarycity",
  state: "Canarystate",
  country: "QQ",
  device: "CANARYDEVICE",
  session: "ca0a1111-0000-0000-0000-000000000000",
  place: "48.1374",
} as const;

const named = {
  UserDisplayName: canaries.name,
  Identity: canaries.name,
  SessionId: canaries.session,
  Location: canaries.country,
  LocationDetails: JSON.stringify({
    city: canaries.city,
    state: canaries.state,
    countryOrRegion: canaries.country,
    geoCoordinates: { latitude: Number(canaries.place), longitude: 11.5 },
  }),
  DeviceDetail: { displayName: canaries.device, deviceId: canaries.session },
};

/** Every file below, and the pictures in them. */
function textsBelow(folder: string): readonly (readonly [path: string, text: string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const text = read(join(entry.parentPath, entry.name));
      const pictures = [...text.matchAll(/base64,([^"]+)"/g)].map(([, data = ""]) =>
        Buffer.from(data, "base64").toString(),
      );
      return [entry.name, [text, ...pictures].join("\n")] as const;
    });
}

test("--redact leaves no name, id, address, place or path in any file, and keeps who is who", async () => {
  const folder = join(temporaryFolder(), canaries.folder);
  mkdirSync(folder);
  const rows = ["alice", "bob"].flatMap((user) =>
    denials("09:00", 5, {
      user: {
        name: `${user}@contoso.com`,
        id: `00000000-0000-0000-0000-00000000${user.length}b0b`,
      },
      address: "203.0.113.7",
    }).map((each) => ({ ...each, ...named })),
  );
  writeRows(join(folder, `${canaries.file}.json`), rows);
  // It is passed over, and a sentence says so.
  writeFileSync(join(folder, `${canaries.other}.txt`), "no log\n");
  writeFileSync(join(folder, `${canaries.other}.json`), JSON.stringify([{ kind: "no sign-in" }]));
  const made = temporaryFolder();
  const { out, err } = await cli([
    "report",
    folder,
    "--out",
    join(made, "p.html"),
    "--case",
    join(made, "case"),
    "--redact",
  ]);
  const texts = textsBelow(made);
  expect([texts.map(([name]) => name).toSorted(), err]).toEqual([
    ["README.txt", "findings.json", "p.html", "rows.ndjson", "timeline.csv"],
    expect.any(String),
  ]);
  const secret = new RegExp(
    [...Object.values(canaries), "alice", "bob@", "contoso", "203\\.0\\.113"].join("|"),
  );
  for (const [name, text] of texts) {
    expect([name, secret.exec(text)?.[0]]).toEqual([name, undefined]);
  }
  const csv = read(join(made, "case", "timeline.csv"));
  expect(new Set(csv.match(/<name \d+>/g)).size).toBe(2);
  expect(read(join(made, "p.html"))).toMatch(/files? passed over: &lt;file/);
  // Times tell nobody, and a case without them tells nothing.
  expect(out).toContain("2026-03-10 09:00 to 09:09");
  expect(read(join(made, "p.html"))).toContain("2026-03-10 09:00 to 09:09");
  expect(read(join(made, "case", "findings.json"))).toContain("2026-03-10T09:08:00.000Z");
  expect(read(join(made, "case", "rows.ndjson"))).toContain("2026-03-10T09:08:00");
});

test.each([
  ["alice 2026-03-10 09:00 to 09:10.", "alice 2026-03-10 09:00 to 09:10."],
  ["2026-03-10T09:00:00.0000000Z", "2026-03-10T09:00:00.0000000Z"],
  ["2026-03-10.alice@contoso.com", "<name 1>"],
  ["call 2026-03-1055 or 09:00:ab::1", "call <number 2> or <address 1>"],
])("of %j redaction leaves %j", (text, left) => {
  expect(new Redaction().text(text)).toBe(left);
});

test("a page that cannot be written is reported in a sentence", async () => {
  const { folder, log } = logs();
  const { code, err } = await cli(["report", log, "--out", folder]);
  expect([code, err]).toEqual([2, expect.stringContaining("cannot be written (EISDIR)")]);
});

test("without a finding the page says so, with what was read", async () => {
  const folder = temporaryFolder();
  const log = writeRows(join(folder, "logs.json"), [row({ at: "08:00", resultType: "0" })]);
  const out = join(folder, "page.html");
  await cli(["report", log, "--out", out]);
  expect(read(out)).toContain("No user was attacked, as far as these logs show.");
});
