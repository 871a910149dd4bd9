import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  approved,
  bob,
  denialRow,
  denied,
  fraudReported,
  password,
  row,
  time,
  type Row,
} from "../builders.ts";
import {
  cli,
  denials,
  detect,
  inShort,
  ndjson,
  temporaryFolder,
  without,
  type Report,
} from "./terminal.ts";

/** Files that come one after the other, over one state. */
function story() {
  const state = join(temporaryFolder(), "state");
  const run = (rows: readonly Row[], ...args: readonly string[]): Promise<Report> =>
    detect(["-", "--allow-empty", "--state", state, ...args], { stdin: ndjson(rows) });
  return {
    state,
    run,
    tell: async (rows: readonly Row[], ...args: readonly string[]) =>
      inShort(await run(rows, ...args)),
  };
}

const burst = denials("09:00", 5);

function approval(at: string, more: { readonly address?: string } = {}): Row {
  const steps = [password(time(at) - 20_000), approved(at)];
  return row({ at, resultType: "0", steps, ...more });
}

describe("a burst stays one incident from file to file", () => {
  test("and is unchanged where a file is read again, or nothing is new", async () => {
    const { tell } = story();
    expect(await tell(burst)).toEqual(["alice@contoso.com 5 open (first-seen)"]);
    expect(await tell(burst)).toEqual(["alice@contoso.com 5 none (unchanged)"]);
    expect(await tell(burst.toReversed())).toEqual(["alice@contoso.com 5 none (unchanged)"]);
    expect(await tell([])).toEqual(["alice@contoso.com 5 none (unchanged)"]);
  });

  test("and grows in both directions under its first id", async () => {
    const { run } = story();
    const reports = [
      await run(burst),
      await run([denialRow("09:20")]),
      await run([denialRow("08:50")]),
    ];
    expect(reports.flatMap(inShort)).toEqual([
      "alice@contoso.com 5 open (first-seen)",
      "alice@contoso.com 6 update (grew)",
      "alice@contoso.com 7 update (grew)",
    ]);
    expect(new Set(reports.map(({ findings }) => findings[0]?.incidentId)).size).toBe(1);
    expect(reports[2]?.findings[0]).toMatchObject({
      firstDenialAt: "2026-03-10T08:50:00.000Z",
      lastDenialAt: "2026-03-10T09:20:00.000Z",
    });
  });

  test("while one that begins more than a window later is another", async () => {
    const { run, tell } = story();
    await run(burst);
    expect(await tell(denials("09:23:00.001", 5))).toEqual([
      "alice@contoso.com 5 none (unchanged)",
      "alice@contoso.com 5 open (first-seen)",
    ]);
  });

  test("is opened by the file that completes it", async () => {
    const { tell } = story();
    expect(await tell(burst.slice(0, 3))).toEqual([]);
    expect(await tell(burst.slice(3, 4))).toEqual([]);
    expect(await tell(burst.slice(4))).toEqual(["alice@contoso.com 5 open (first-seen)"]);
  });

  test("is reported even by a run over another user's rows", async () => {
    const { run, tell } = story();
    await run(burst);
    expect(await tell(denials("12:00", 5, { user: bob }))).toEqual([
      "alice@contoso.com 5 none (unchanged)",
      "bob@contoso.com 5 open (first-seen)",
    ]);
  });

  test("belongs to a family of rules: one of another has a record of its own", async () => {
    const { run, tell } = story();
    await run(burst);
    const kin = ["--rule", "mfa-deny-then-approve"];
    expect(await tell([], ...kin)).toEqual([]);
    expect(await tell([approval("09:30")], ...kin)).toEqual([
      "alice@contoso.com 5 update (approved-after)",
    ]);
    const other = ["--rule", "azure-ad-multiple-denied-mfa", "--threshold", "2"];
    expect(await tell([], ...other)).toEqual(["alice@contoso.com 5 open (first-seen)"]);
  });

  test("belongs to one tenant: the same name in another has a record of its own", async () => {
    const { run, tell } = story();
    await run(burst);
    const elsewhere = burst.map((each) => ({ ...each, AADTenantId: "another-tenant" }));
    expect(await tell(elsewhere)).toEqual([
      "alice@contoso.com 5 none (unchanged)",
      "alice@contoso.com 5 open (first-seen)",
    ]);
  });
});

describe("an approval", () => {
  test("in a later file raises the incident", async () => {
    const { run } = story();
    await run(burst);
    expect((await run([approval("09:30")])).findings).toMatchObject([
      {
        denials: 5,
        action: "update",
        reason: "approved-after",
        severity: "High",
        approval: { at: "2026-03-10T09:30:00.000Z", match: "same-address" },
      },
    ]);
    expect((await run([])).findings).toMatchObject([{ reason: "unchanged", severity: "High" }]);
  });

  test("in an EARLIER file than the denials counts just the same", async () => {
    const { run } = story();
    expect((await run([approval("09:30")])).findings).toEqual([]);
    expect((await run(burst)).findings).toMatchObject([
      { action: "open", severity: "High", approval: { at: "2026-03-10T09:30:00.000Z" } },
    ]);
  });

  test("before the trigger, too late or of somebody else raises nothing", async () => {
    const { run, tell } = story();
    const only = ["--rule", "explicit-mfa-deny"];
    await run([approval("09:07:59.999"), approval("10:08:00.001")], ...only);
    const others = row({ at: "09:20", user: bob, resultType: "0", steps: [approved("09:20")] });
    await run([others], ...only);
    expect(await tell(burst, ...only)).toEqual(["alice@contoso.com 5 open (first-seen)"]);
    expect((await run([], ...only)).findings[0]).toMatchObject({
      severity: "Medium",
      approval: null,
    });
  });
});

test("a fraud report in a later file raises the incident", async () => {
  const { run } = story();
  await run(burst);
  const report = row({ at: "09:10", steps: [password("09:09:30"), fraudReported("09:10")] });
  expect((await run([report])).findings).toMatchObject([
    { denials: 6, fraudReports: 1, reason: "fraud-reported", severity: "High" },
  ]);
});

describe("a late denial that joins two incidents", () => {
  test("keeps the earlier one, and a run later nothing is left to do", async () => {
    const { run, tell } = story();
    const first = await run([...burst, ...denials("09:30", 5)]);
    expect(first.findings).toHaveLength(2);
    const joined = await run([denialRow("09:19")]);
    expect(inShort(joined)).toEqual(["alice@contoso.com 11 update (merged)"]);
    expect(joined.findings[0]?.incidentId).toBe(first.findings[0]?.incidentId);
    expect(await tell([])).toEqual(["alice@contoso.com 11 none (unchanged)"]);
  });

  test("keeps the earlier one also where that was found later", async () => {
    const { run } = story();
    const second = await run(denials("09:30", 5));
    const first = await run(burst);
    const earlier = first.findings.find(({ action }) => action === "open");
    expect(earlier?.incidentId).not.toBe(second.findings[0]?.incidentId);
    const joined = await run([denialRow("09:19")]);
    expect(joined.findings.map(({ incidentId }) => incidentId)).toEqual([earlier?.incidentId]);
  });
});

describe("evidence that a later file completes", () => {
  const more = denials("09:00", 4);
  const status = "MFA denied; user declined the authentication";
  const lone = row({ at: "09:10", request: "r-1", status });

  test("takes the place of the Status: same incident, and the times follow", async () => {
    const { run } = story();
    const before = await run([...more, lone]);
    const after = await run([
      row({ at: "09:10", request: "r-1", status, steps: [denied("09:09:30")] }),
    ]);
    expect(before.findings).toMatchObject([
      { denials: 5, lastDenialAt: "2026-03-10T09:10:00.000Z", reason: "first-seen" },
    ]);
    expect(after.findings).toMatchObject([
      { denials: 5, lastDenialAt: "2026-03-10T09:09:30.000Z", reason: "evidence-replaced" },
    ]);
    expect(after.findings[0]?.incidentId).toBe(before.findings[0]?.incidentId);
  });

  test("takes its place and the count follows up", async () => {
    const { run, tell } = story();
    await run([...more, lone]);
    const steps = [denied("09:09:30"), denied("09:09:50"), denied("09:10")];
    expect(await tell([row({ at: "09:10", request: "r-1", status, steps })])).toEqual([
      "alice@contoso.com 7 update (grew)",
    ]);
  });

  test("takes its place and the count follows down, below the threshold even", async () => {
    const { run } = story();
    const before = await run([...more, lone]);
    // The steps show that the prompt was one of those that were counted already.
    const known = denied("09:06");
    const after = await run([row({ at: "09:10", request: "r-1", status, steps: [known] })]);
    expect(after.findings).toMatchObject([
      {
        incidentId: before.findings[0]?.incidentId,
        denials: 4,
        action: "update",
        reason: "evidence-replaced",
      },
    ]);
  });

  test("may be in the EARLIER file as well: the Status then adds nothing", async () => {
    const { tell } = story();
    await tell([...more, row({ at: "09:10", request: "r-1", steps: [denied("09:09:30")] })]);
    expect(await tell([lone])).toEqual(["alice@contoso.com 5 none (unchanged)"]);
  });
});

test("however the rows are cut into files, and however often they come, the outcome is the same", async () => {
  const rows = [
    ...burst,
    ...denials("09:30", 5),
    denialRow("09:19"),
    approval("09:45"),
    row({ at: "09:50", request: "r-1", status: "MFA denied; user declined the authentication" }),
    row({ at: "09:50", request: "r-1", steps: [denied("09:49:30"), denied("09:49:50")] }),
    ...denials("09:00", 6, { user: bob }),
  ];
  const outcome = ({ findings }: Report) =>
    findings.map((finding) => without(finding, "incidentId", "action", "reason"));
  const whole = outcome(await story().run(rows));
  const orders = [
    rows,
    rows.toReversed(),
    rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  ];
  for (const [number, order] of orders.entries()) {
    const { run } = story();
    for (let index = 0; index < order.length; index += 3 + number) {
      await run(order.slice(Math.max(0, index - number), index + 3 + number));
    }
    expect(outcome(await run([]))).toEqual(whole);
  }
});

describe("text that a stranger put into the log", () => {
  const separators = 'Mozilla/5.0 \u2028\u2029\u0085\r\n\u0000 {"user":"mallory"} \ud800';

  test("cannot break a line of the state", async () => {
    const { tell } = story();
    const fields = { UserAgent: separators };
    expect(await tell(denials("09:00", 5, { fields }))).toEqual([
      "alice@contoso.com 5 open (first-seen)",
    ]);
    expect(await tell(denials("09:10", 1, { fields }))).toEqual([
      "alice@contoso.com 6 update (grew)",
    ]);
  });

  test("cannot lead out of a folder by a name", async () => {
    const folder = temporaryFolder();
    const user = { name: "../../../../evil/\u0000..\\@contoso.com", id: "../x" };
    const args = ["--state", join(folder, "state"), "--out", join(folder, "out")];
    await detect(["-", ...args], { stdin: ndjson(denials("09:00", 5, { user })) });
    expect(readdirSync(folder).toSorted()).toEqual(["out", "state"]);
    expect(readdirSync(join(folder, "out"))).toEqual([
      expect.stringMatching(/^[\da-f-]{36}\.json$/),
    ]);
  });

  test("can be a name that every object has", async () => {
    const { tell } = story();
    for (const name of ["__proto__", "constructor", "hasOwnProperty"]) {
      await tell(denials("09:00", 5, { user: { name, id: name } }));
    }
    expect(await tell([])).toEqual([
      "__proto__ 5 none (unchanged)",
      "constructor 5 none (unchanged)",
      "hasownproperty 5 none (unchanged)",
    ]);
  });
});

describe("the folder", () => {
  test("is for its owner alone", async () => {
    const { state, run } = story();
    await run(burst);
    expect(statSync(state).mode & 0o077).toBe(0);
    for (const name of readdirSync(state)) {
      expect(statSync(join(state, name)).mode & 0o077).toBe(0);
    }
  });

  test("contains only the state after a run: no lock, no draft", async () => {
    const { state, run } = story();
    await run(burst);
    await run([approval("09:30")]);
    expect(readdirSync(state).toSorted()).toEqual([
      "approvals-000002.ndjson",
      "sightings-000001.ndjson",
      "state.json",
    ]);
  });

  test("keeps what others put there, whatever it is called", async () => {
    const { state, run } = story();
    await run(burst);
    for (const name of ["notes.tmp", "lock", "state.json.bak", "sightings.ndjson"]) {
      writeFileSync(join(state, name), "mine");
    }
    await run([approval("09:30")]);
    for (const name of ["notes.tmp", "lock", "state.json.bak", "sightings.ndjson"]) {
      expect(readFileSync(join(state, name), "utf8")).toBe("mine");
    }
  });

  test("loses what a run that died had left there, and nothing of what counts", async () => {
    const { state, run, tell } = story();
    await run(burst.slice(0, 4));
    writeFileSync(join(state, "sightings-000002.ndjson"), '{"tenantId":null,"us');
    writeFileSync(join(state, "approvals-000002.ndjson"), "");
    writeFileSync(join(state, "state.json.4711.tmp"), "{");
    expect(await tell(burst.slice(4))).toEqual(["alice@contoso.com 5 open (first-seen)"]);
    expect(readdirSync(state).toSorted()).toEqual([
      "sightings-000001.ndjson",
      "sightings-000002.ndjson",
      "state.json",
    ]);
  });

  test("is left as it was by a run that is refused", async () => {
    const { state, run } = story();
    await run(burst);
    const before = contents(state);
    const stdin = `${ndjson(denials("12:00", 5))}oops\n`;
    const args = ["detect", "-", "--state", state];
    expect((await cli([...args, "--strict"], { stdin })).code).toBe(2);
    expect(contents(state)).toEqual(before);
    const signal = AbortSignal.abort(new Error("interrupted"));
    expect((await cli(args, { stdin, signal })).code).toBe(130);
    expect(contents(state)).toEqual(before);
  });
});

describe("a state that cannot be used is named in one sentence, and nothing is changed", () => {
  async function refusal(spoil: (state: string) => void): Promise<string> {
    const { state, run } = story();
    await run(burst);
    await run([approval("09:30")]);
    spoil(state);
    const before = contents(state);
    const args = ["detect", "-", "--state", state];
    const { code, out, err } = await cli(args, { stdin: ndjson([denialRow("09:12")]) });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^mfa-deny: [^\n]+\n$/);
    expect(contents(state)).toEqual(before);
    return err.slice(`mfa-deny: ${state}/`.length, -1);
  }

  const damaged = "state.json: is damaged, or not a state of this tool";

  test.each([
    [
      "cut off",
      (text: string) => text.slice(0, -5),
      "state.json: is not a state of this tool (not JSON)",
    ],
    ["empty", () => "", "state.json: is not a state of this tool (not JSON)"],
    ["null", () => "null", damaged],
    ["an array", () => "[]", damaged],
    [
      "of something else",
      () => "{}",
      "state.json: has an unknown schemaVersion; this version reads 1 and 2",
    ],
    [
      "of a later version",
      (text: string) => text.replace('"schemaVersion":2', '"schemaVersion":3'),
      /a newer version of this tool wrote it \(schemaVersion 3; this one reads up to 2\)$/,
    ],
    ["a bare version", () => '{"schemaVersion":1}', damaged],
    ["without its facts", (text: string) => text.replace('"facts"', '"fakts"'), damaged],
    ["with a way out", (text: string) => text.replace("sightings-0", "../sightings-0"), damaged],
  ])("state.json that is %s", async (_, spoil, sentence) => {
    expect(
      await refusal((state) => {
        const path = join(state, "state.json");
        writeFileSync(path, spoil(readFileSync(path, "utf8")));
      }),
    ).toMatch(sentence);
  });

  const journal = (name: string) => `${name}: cannot be read as a journal of this tool`;

  test.each(["sightings-000001.ndjson", "approvals-000002.ndjson"])("%s", async (name) => {
    const spoil = (change: (path: string) => void) => refusal((state) => change(join(state, name)));
    expect(await spoil((path) => rmSync(path))).toBe(`${journal(name)} (ENOENT)`);
    expect(await spoil((path) => appendFileSync(path, '{"tenantId":null,"us'))).toBe(journal(name));
    expect(await spoil((path) => appendFileSync(path, "oops\n"))).toBe(journal(name));
    for (const line of ["null", "1", "{}", "[]", '{"tenantId":null,"user":"x"}']) {
      expect(await spoil((path) => appendFileSync(path, `${line}\n`))).toBe(journal(name));
    }
    expect(await spoil((path) => appendFileSync(path, "\n"))).toBe(journal(name));
  });

  test("a folder in the place of a file", async () => {
    expect(
      await refusal((state) => {
        rmSync(join(state, "state.json"));
        mkdirSync(join(state, "state.json"));
      }),
    ).toBe("state.json: cannot be read (EISDIR)");
  });
});

function contents(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).map((entry) => [
      entry.name,
      entry.isFile() ? readFileSync(join(folder, entry.name), "utf8") : "(folder)",
    ]),
  );
}
