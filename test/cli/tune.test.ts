import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import type { TuneOutput } from "../../src/cli/tune/tuneReport.ts";
import { alice, approved, bob, denied, row, type Row } from "../builders.ts";
import { cli, ndjson, temporaryFolder } from "./terminal.ts";

const refused = (at: string | number, more = {}) => row({ at, steps: [denied(at)], ...more });
const approval = (at: string, more = {}) =>
  row({ at, resultType: "0", steps: [approved(at)], ...more });

/** Alice refuses five times within eight minutes and gives in; Bob refuses twice within an hour. */
const history: readonly Row[] = [
  ...["09:00", "09:02", "09:04", "09:06", "09:08"].map((at) => refused(at)),
  approval("09:10"),
  refused("12:00", { user: bob }),
  refused("12:50", { user: bob }),
];

async function tuned(args: readonly string[], rows: readonly Row[] = history) {
  const ended = await cli(["tune", "--format", "json", ...args, "-"], { stdin: ndjson(rows) });
  return { ...ended, output: JSON.parse(ended.out) as TuneOutput };
}

function rulesFile(rules: unknown): string {
  const path = join(temporaryFolder(), "rules.json");
  writeFileSync(path, JSON.stringify(rules));
  return path;
}

describe("tune", () => {
  it("tries every threshold, window and kind", async () => {
    const { output, code } = await tuned([]);
    expect(code).toBe(0);
    expect(output).toMatchObject({ rule: "explicit-mfa-deny", denials: 7, users: 2 });
    expect(output.cells).toHaveLength(20 * 9 * 2);
    const cell = (window: string, threshold: number) =>
      output.cells.find(
        (each) => each.kind === "sliding" && each.window === window && each.threshold === threshold,
      );
    expect(cell("15m", 5)).toEqual({
      kind: "sliding",
      window: "15m",
      threshold: 5,
      findings: 1,
      perWeek: 1,
      worstWeek: 1,
      users: 1,
      approved: 1,
      reported: 0,
      takenOver: 0,
      harmful: 1,
      harmfulShare: 1,
      usualOrigin: 0,
      usualOriginShare: 0,
      secondsToTrigger: 480,
    });
    expect(cell("1h", 2)).toMatchObject({ findings: 2, users: 2, harmful: 1 });
    expect(cell("30m", 2)).toMatchObject({ findings: 1 });
    expect(cell("24h", 6)).toMatchObject({ findings: 0, harmfulShare: null });
  });

  it("chooses the most sensitive setting under a limit, and says what it gives up", async () => {
    const { output, code } = await tuned(["--max-per-week", "1"]);
    expect(code).toBe(0);
    expect(output.chosen).toMatchObject({
      kind: "sliding",
      window: "30m",
      threshold: 2,
      harmful: 1,
      givesUp: [
        { window: "30m", threshold: 1, findings: 2, users: 1, harmful: 0 },
        { window: "1h", threshold: 2, findings: 1, users: 1, harmful: 0 },
      ],
    });
  });

  it("ends with 1 where the rules in use exceed the limit, and with 0 where they do not", async () => {
    const loud = rulesFile([{ id: "explicit-mfa-deny", threshold: 2, window: "PT1H" }]);
    expect((await tuned(["--rules", loud, "--max-per-week", "1"])).code).toBe(1);
    expect((await tuned(["--rules", loud, "--max-per-week", "2"])).code).toBe(0);
  });

  it("ends with 1 where no setting stays under the limit", async () => {
    // 21 bursts of 20 denials each within a minute, of 21 users.
    const rows = Array.from({ length: 21 }, (_, user) => ({
      name: `user${user}@contoso.com`,
      id: `00000000-0000-0000-0000-0000000000${(user + 10).toString(16).padStart(2, "0")}`,
    })).flatMap((user) =>
      Array.from({ length: 20 }, (_, index) =>
        refused(`10:00:${String(index + 10)}`, {
          user,
          request: `6513270e-269e-0d37-f2a7-${user.id.slice(-2)}00000000${index + 10}`,
        }),
      ),
    );
    const { output, code } = await tuned(["--max-per-week", "20"], rows);
    expect([output.chosen, code]).toEqual([null, 1]);
    const table = await cli(["tune", "--max-per-week", "20", "-"], { stdin: ndjson(rows) });
    expect(table.out).toContain("No setting stays at 20 findings in every week.");
  });

  it("says what each exclusion hides, the harmful findings by name", async () => {
    const rules = rulesFile([
      {
        id: "explicit-mfa-deny",
        threshold: 2,
        window: "PT1H",
        exclusions: {
          users: ["bob@contoso.com"],
          addresses: ["203.0.113.0/24"],
          applications: ["x"],
        },
      },
    ]);
    const { output } = await tuned(["--rules", rules]);
    expect(output.hiddenByExclusions).toEqual([
      {
        rule: "explicit-mfa-deny",
        kind: "users",
        entry: "bob@contoso.com",
        findings: 1,
        harmful: [],
      },
      {
        rule: "explicit-mfa-deny",
        kind: "addresses",
        entry: "203.0.113.0/24",
        findings: 2,
        harmful: [
          { user: "alice@contoso.com", why: ["approved"], triggeredAt: "2026-03-10T09:02:00.000Z" },
        ],
      },
      { rule: "explicit-mfa-deny", kind: "applications", entry: "x", findings: 0, harmful: [] },
    ]);
    expect(output.current).toMatchObject({ findings: 0 });
    const table = await cli(["tune", "--rules", rules, "-"], { stdin: ndjson(history) });
    expect(table.out).toContain("alice@contoso.com, 2026-03-10 09:02: approved after");
  });

  it("scores settings by what became of incidents, the latest word on each", async () => {
    const incident = (number: number, user: string, classification: string, hour: string) => ({
      properties: {
        incidentNumber: number,
        title: `MFA push attack on ${user}`,
        classification,
        firstActivityTimeUtc: `2026-03-10T${hour}:00:00Z`,
        lastActivityTimeUtc: `2026-03-10T${hour}:55:00Z`,
        lastModifiedTimeUtc: `2026-03-1${classification === "Undetermined" ? 1 : 2}T00:00:00Z`,
      },
    });
    const path = join(temporaryFolder(), "incidents.json");
    const value = [
      incident(1, "alice@contoso.com", "TruePositive", "09"),
      incident(1, "alice@contoso.com", "Undetermined", "09"),
      incident(2, "bob@contoso.com", "BenignPositive", "12"),
      incident(3, "carol@contoso.com", "TruePositive", "12"),
      incident(4, "dave@contoso.com", "Undetermined", "12"),
    ];
    writeFileSync(path, JSON.stringify({ value }));
    const { output } = await tuned(["--labels", path]);
    expect(output.labels).toEqual({ attacks: 2, benign: 1 });
    const cell = (window: string, threshold: number) =>
      output.cells.find(
        (each) => each.kind === "sliding" && each.window === window && each.threshold === threshold,
      );
    expect(cell("15m", 5)).toMatchObject({ precision: 1, recall: 0.5 });
    expect(cell("1h", 2)).toMatchObject({ precision: 0.5, recall: 0.5 });
    expect(cell("24h", 6)).toMatchObject({ precision: null, recall: 0 });
    expect(output.current).toMatchObject({ findings: 1, precision: 1, recall: 0.5 });
  });

  it("proposes exceptions for who was harmless three times, and never attacked", async () => {
    const closed = (user: string, day: string, classification: string) => ({
      Title: `MFA push attack on ${user}`,
      Classification: classification,
      FirstActivityTime: `${day}T09:00:00Z`,
      LastActivityTime: `${day}T09:10:00Z`,
    });
    const days = ["2026-03-01", "2026-03-05", "2026-03-09"];
    const path = join(temporaryFolder(), "table.json");
    const rows = days.flatMap((day) => [
      closed("bob@contoso.com", day, "FalsePositive"),
      closed("alice@contoso.com", day, "BenignPositive"),
    ]);
    writeFileSync(
      path,
      JSON.stringify([...rows, closed("alice@contoso.com", "2026-03-02", "TruePositive")]),
    );
    const { output } = await tuned(["--labels", path]);
    expect(output.exceptions).toEqual([
      { user: "bob@contoso.com", until: "2026-06-07", closed: 3 },
    ]);
    const table = await cli(["tune", "--labels", path, "-"], { stdin: ndjson(history) });
    expect(table.out).toContain(
      "Worth an exception until 2026-06-07: user bob@contoso.com, closed",
    );
  });

  it("takes incidents as CSV: the table as it is exported, and the list of the Defender portal", async () => {
    const path = join(temporaryFolder(), "incidents.csv");
    const table = [
      '"TimeGenerated [UTC]",IncidentNumber,Title,Classification,"FirstActivityTime [UTC]","LastActivityTime [UTC]","LastModifiedTime [UTC]"',
      '"3/11/2026, 8:00:00.000 AM",1,"MFA push attack on alice@contoso.com",,"3/10/2026, 9:00:00.000 AM","3/10/2026, 9:10:00.000 AM","3/11/2026, 8:00:00.000 AM"',
      '"3/12/2026, 8:00:00.000 AM",1,"MFA push attack on alice@contoso.com",TruePositive,"3/10/2026, 9:00:00.000 AM","3/10/2026, 9:10:00.000 AM","3/12/2026, 8:00:00.000 AM"',
    ];
    writeFileSync(path, table.join("\r\n"));
    const slashes = ["--labels", path, "--date-order", "mdy"];
    expect((await tuned(slashes)).output.labels).toEqual({ attacks: 1, benign: 0 });
    const unsure = await cli(["tune", "--labels", path, "-"], { stdin: ndjson(history) });
    expect([unsure.code, unsure.err]).toEqual([
      2,
      expect.stringContaining(`${path} row 1: TimeGenerated [UTC] is '3/11/2026, 8:00:00.000 AM'`),
    ]);
    const list = [
      "Incident Id,Incident name,Classification,First activity,Last activity",
      "7,MFA push attack on bob@contoso.com,Informational - expected activity,2026-03-10T12:00:00Z,2026-03-10T12:55:00Z",
      "8,MFA push attack on alice@contoso.com,True positive - Compromised account,2026-03-10T09:00:00Z,2026-03-10T09:10:00Z",
      "9,MFA push attack on carol@contoso.com,Not set,,",
    ];
    writeFileSync(path, list.join("\n"));
    const { output } = await tuned(["--labels", path]);
    expect(output.labels).toEqual({ attacks: 1, benign: 1 });
    expect(output.current).toMatchObject({ precision: 1, recall: 1 });
  });

  it("refuses a CSV without classifications", async () => {
    const path = join(temporaryFolder(), "other.csv");
    writeFileSync(path, "a,b\n1,2\n");
    const { code, err } = await cli(["tune", "--labels", path, "-"], { stdin: ndjson(history) });
    expect([code, err]).toEqual([2, expect.stringContaining("with a column Classification")]);
  });

  it("proposes an application or address that explains what was closed of several users", async () => {
    const scanner = {
      address: "198.51.100.7",
      fields: { AppDisplayName: "Badge scanner", AppId: "b" },
    };
    const nine = (day: string, minutes = 5) => Date.parse(`${day}T09:0${minutes}:00Z`);
    const days = ["2026-03-01", "2026-03-05", "2026-03-09"];
    const users = [bob, alice, bob];
    const label = (user: string, day: string, classification: string) => ({
      Title: `MFA push attack on ${user}`,
      Classification: classification,
      FirstActivityTime: `${day}T09:00:00Z`,
      LastActivityTime: `${day}T09:10:00Z`,
    });
    const path = join(temporaryFolder(), "labels.json");
    const closed = days.map((day, index) => label(users[index]!.name, day, "FalsePositive"));
    writeFileSync(path, JSON.stringify(closed));
    const rows = days.map((day, index) => refused(nine(day), { user: users[index], ...scanner }));
    const { output } = await tuned(["--labels", path], rows);
    expect(output.exceptions).toEqual([
      { application: "Badge scanner", until: "2026-06-07", closed: 3 },
      { address: "198.51.100.7", until: "2026-06-07", closed: 3 },
    ]);
    // An attack from there: the address is no explanation any more, and the application still is.
    writeFileSync(path, JSON.stringify([...closed, label(bob.name, "2026-03-10", "TruePositive")]));
    const attack = refused(nine("2026-03-10"), { user: bob, address: scanner.address });
    const again = await tuned(["--labels", path], [...rows, attack]);
    expect(again.output.exceptions).toEqual([
      { application: "Badge scanner", until: "2026-06-07", closed: 3 },
    ]);
    // Other denials of the same incident came from elsewhere.
    const elsewhere = refused(nine("2026-03-09", 6), { user: bob, address: scanner.address });
    writeFileSync(path, JSON.stringify(closed));
    expect((await tuned(["--labels", path], [...rows, elsewhere])).output.exceptions).toEqual([
      { address: "198.51.100.7", until: "2026-06-07", closed: 3 },
    ]);
  });

  it("names the place of a label that cannot be used", async () => {
    const path = join(temporaryFolder(), "labels.json");
    const refuse = async (content: unknown) => {
      writeFileSync(path, JSON.stringify(content));
      return (await cli(["tune", "--labels", path, "-"], { stdin: ndjson(history) })).err;
    };
    expect(await refuse({ some: 1 })).toContain("must be a list of incidents");
    expect(await refuse([{ Title: 5 }])).toContain(`${path}[0]: is not an incident of Sentinel`);
    expect(await refuse([{ Title: "a@b.c", Classification: "TruePositive" }])).toContain(
      `${path}[0]: has no readable time`,
    );
  });

  it("takes the numbers of a rule that wants an approval", async () => {
    const { output } = await tuned(["--rule", "mfa-deny-then-approve"]);
    const found = output.cells.filter(({ findings }) => findings > 0);
    expect(found.every(({ findings, approved: after }) => findings === after)).toBe(true);
    expect(output.current).toMatchObject({ findings: 1, users: 1 });
  });

  it("writes a row for each setting as CSV", async () => {
    const { out } = await cli(["tune", "--format", "csv", "-"], { stdin: ndjson(history) });
    const lines = out.trim().split("\r\n");
    expect(lines).toHaveLength(361);
    expect(lines[0]).toMatch(/^kind,window,threshold,findings,perWeek,worstWeek,users,/);
  });

  it("shows a table with the findings a week of every setting", async () => {
    const { out } = await cli(["tune", "-"], { stdin: ndjson(history) });
    expect(out).toContain("7 denials of 2 users, 2026-03-10 to 2026-03-10.");
    expect(out).toMatch(/^15m {6}3\.0 {2}1\.0 {2}1\.0/m);
    expect(out).toContain("--max-per-week N chooses a setting.");
  });

  it("draws a page with a heat map of each kind, which loads nothing", async () => {
    const { out } = await cli(["tune", "--format", "html", "-"], { stdin: ndjson(history) });
    const pictures = [
      ...out.matchAll(/<img alt="([^"]*)" src="data:image\/svg\+xml;base64,([^"]*)"/g),
    ];
    expect(pictures.map(([, words]) => words?.slice(0, 26))).toEqual([
      "Findings a week of sliding",
      "Findings a week of tumbling".slice(0, 26),
    ]);
    const [svg = ""] = pictures.map(([, , data = ""]) => Buffer.from(data, "base64").toString());
    expect(svg).toContain(">3.0<");
    expect(out).toContain("Content-Security-Policy");
    expect(out).toContain("<p>In use: 1 findings on 1 users");
  });

  it("shows nothing but zeroes for a log without denials", async () => {
    const { output, code } = await tuned([], [approval("09:00")]);
    expect([output.denials, code]).toEqual([0, 0]);
    expect(output.cells.every(({ findings }) => findings === 0)).toBe(true);
  });

  it("rejects a rule that there is not", async () => {
    const { code, err } = await cli(["tune", "--rule", "none", "-"], { stdin: "" });
    expect([code, err]).toEqual([2, expect.stringContaining("--rule is 'none'; the rules are")]);
  });
});
