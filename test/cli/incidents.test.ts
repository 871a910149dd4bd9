import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analystTasks } from "../../src/detection/incidents/analystTasks.ts";
import { approved, denialRow, fraudReported, password, row, type Row } from "../builders.ts";
import { cli, denials, detect, inShort, ndjson, temporaryFolder, type Report } from "./terminal.ts";

interface Part {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
}

interface IncidentFile {
  readonly schemaVersion: number;
  readonly incidentId: string;
  readonly properties: Readonly<Record<string, unknown>> & {
    readonly labels: readonly { readonly labelName: string }[];
  };
  readonly comments: readonly Part[];
  readonly tasks: readonly Part[];
}

/** Files that come one after the other, over one state and one folder of incidents. */
function story({ remembers = true } = {}) {
  const folder = temporaryFolder();
  const out = join(folder, "out");
  const state = remembers ? ["--state", join(folder, "state")] : [];
  const pathOf = (id: string) => join(out, `${id}.json`);
  const read = (id: string) => JSON.parse(readFileSync(pathOf(id), "utf8")) as IncidentFile;
  return {
    out,
    state,
    run: (rows: readonly Row[]): Promise<Report> =>
      detect(["-", "--allow-empty", ...state, "--out", out], { stdin: ndjson(rows) }),
    read,
    pathOf,
    ids: () => readdirSync(out).map((name) => name.replace(/\.json$/, "")),
    only: () => {
      const [name, ...others] = readdirSync(out);
      expect(others).toEqual([]);
      return read(name!.replace(/\.json$/, ""));
    },
    /** An analyst changes a file by hand. */
    edit: (id: string, properties: Readonly<Record<string, unknown>>, rest: object = {}) => {
      const file = read(id);
      const edited = { ...file, ...rest, properties: { ...file.properties, ...properties } };
      writeFileSync(pathOf(id), JSON.stringify(edited));
    },
  };
}

const burst = denials("09:00", 5);
const approval = row({
  at: "09:30",
  resultType: "0",
  steps: [password("09:29:40"), approved("09:30")],
});
const refused = (count: number) => new RegExp(`refused \\W*${count}\\W+MFA prompt`);
const labelsOf = ({ properties }: IncidentFile) =>
  properties.labels.map(({ labelName }) => labelName).filter((name) => !name.includes(":"));

describe("an incident's file", () => {
  test("has the shape of Sentinel's API and the id of the finding", async () => {
    const { run, only } = story();
    const { findings } = await run(burst);
    const file = only();
    expect(Object.keys(file)).toEqual([
      "schemaVersion",
      "incidentId",
      "properties",
      "comments",
      "tasks",
    ]);
    expect(file.schemaVersion).toBe(1);
    expect(file.incidentId).toBe(findings[0]?.incidentId);
    expect(file.properties).toMatchObject({
      title: "MFA push attack on alice@contoso.com",
      severity: "Medium",
      status: "New",
      firstActivityTimeUtc: "2026-03-10T09:00:00.000Z",
      lastActivityTimeUtc: "2026-03-10T09:08:00.000Z",
    });
    expect(file.properties["description"]).toMatch(refused(5));
    expect(labelsOf(file)).toEqual(["explicit-mfa-deny", "T1621", "T1078.004"]);
    expect(file.comments).toEqual([]);
    expect(file.tasks.map(({ properties }) => properties)).toEqual(
      analystTasks.map((task) => ({ ...task, status: "New" })),
    );
  });

  test("is there for every finding, and only for those", async () => {
    const { run, ids } = story();
    const { findings } = await run([...burst, ...denials("12:00", 5), ...denials("15:00", 4)]);
    expect(ids().toSorted()).toEqual(findings.map(({ incidentId }) => incidentId).toSorted());
    expect(findings).toHaveLength(2);
  });

  test("is not written without findings, and neither is the folder", async () => {
    const { run, ids } = story();
    await run(burst.slice(1));
    expect(ids).toThrow("ENOENT");
  });

  test("lies in a folder that is made with all above it", async () => {
    const { out } = story();
    await detect(["-", "--out", join(out, "a", "b")], { stdin: ndjson(burst) });
    expect(readdirSync(join(out, "a", "b"))).toHaveLength(1);
  });

  test("does not change when the same is delivered again", async () => {
    const { run, out, pathOf, ids } = story();
    await run([...burst, approval]);
    await run([denialRow("09:15")]);
    const before = readFileSync(pathOf(ids()[0]!), "utf8");
    await run([]);
    await run(burst);
    expect(readdirSync(out)).toHaveLength(1);
    expect(readFileSync(pathOf(ids()[0]!), "utf8")).toBe(before);
  });

  test("is written whole into another folder at any later time", async () => {
    const { run, only, out, state } = story();
    await run(burst);
    await run([approval]);
    const elsewhere = `${out}-2`;
    await detect(["-", "--allow-empty", ...state, "--out", elsewhere], { stdin: "" });
    const [name] = readdirSync(elsewhere);
    const copy = JSON.parse(readFileSync(join(elsewhere, name!), "utf8")) as IncidentFile;
    expect(copy.comments).toEqual([]);
    // Comments, and the revision that a file was made at, are its own.
    const shared = (file: IncidentFile) =>
      JSON.stringify({ ...file, comments: [] }).replace(/(mfa-deny:\S*?):r\d+"/, '$1"');
    expect(shared(copy)).toBe(shared(only()));
    const growth = [denialRow("09:12")];
    await detect(["-", ...state, "--out", elsewhere], { stdin: ndjson(growth) });
    const grown = JSON.parse(readFileSync(join(elsewhere, name!), "utf8")) as IncidentFile;
    expect(grown.comments).toHaveLength(1);
  });
});

describe("growth", () => {
  test("brings the file up to date and says what changed in a comment", async () => {
    const { run, only } = story();
    await run(burst);
    await run([denialRow("09:15")]);
    await run([approval]);
    const file = only();
    expect(file.properties).toMatchObject({
      title: "MFA push attack on alice@contoso.com",
      severity: "High",
      lastActivityTimeUtc: "2026-03-10T09:15:00.000Z",
    });
    expect(file.properties["description"]).toMatch(refused(6));
    expect(labelsOf(file)).toContain("approved-after");
    expect(file.comments.map(({ properties }) => properties["message"]?.split(":")[0])).toEqual([
      "Update (grew)",
      "Update (approved-after)",
    ]);
    expect(file.tasks).toHaveLength(analystTasks.length);
  });

  test("leaves alone what an analyst changed or added", async () => {
    const { run, only, edit } = story();
    const { findings } = await run(burst);
    const { incidentId } = findings[0]!;
    const edits = {
      title: "Alice's phone",
      description: "Talked to Alice.",
      severity: "Low",
      status: "Active",
      owner: { assignedTo: "Bob" },
      classificationComment: "checked",
    };
    const note = { name: "note-1", properties: { message: "Called her." } };
    const done = only().tasks.map((task) => ({
      ...task,
      properties: { ...task.properties, status: "Completed" },
    }));
    const labels = [...only().properties.labels, { labelName: "vip" }];
    edit(incidentId, { ...edits, labels }, { comments: [note], tasks: done, mine: true });
    await run([denialRow("09:15"), approval]);
    const file = only();
    expect(file.properties).toMatchObject(edits);
    expect(labelsOf(file)).toEqual(expect.arrayContaining(["vip", "approved-after"]));
    expect(file.comments).toHaveLength(2);
    expect(file.comments[0]).toEqual(note);
    expect(file.tasks).toEqual(done);
    expect(file).toMatchObject({ mine: true });
    // What nobody touched goes on following the burst.
    expect(file.properties).toMatchObject({ lastActivityTimeUtc: "2026-03-10T09:15:00.000Z" });
  });

  test("keeps a single edited property, and goes on with the others", async () => {
    const { run, only, edit } = story();
    const { findings } = await run(burst);
    edit(findings[0]!.incidentId, { severity: "Low" });
    await run([approval]);
    await run([denialRow("09:15")]);
    expect(only().properties).toMatchObject({ severity: "Low" });
    expect(only().properties["description"]).toMatch(refused(6));
  });

  test("writes a task again that was taken away, with the same id", async () => {
    const { run, only, edit } = story();
    const { findings } = await run(burst);
    const before = only().tasks;
    edit(findings[0]!.incidentId, {}, { tasks: before.slice(1) });
    await run([]);
    expect(only().tasks.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
      before.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
  });
});

describe("a merge", () => {
  test("is noted once on the incident that ends, and the other one grows", async () => {
    const { run, read, ids } = story();
    const { findings } = await run([...burst, ...denials("09:30", 5)]);
    const [keeper, ended] = findings.map(({ incidentId }) => incidentId);
    const joined = await run([denialRow("09:19")]);
    await run([]);
    expect(joined.findings.map(({ incidentId }) => incidentId)).toEqual([keeper]);
    expect(ids()).toHaveLength(2);
    expect(read(ended!).comments.map(({ properties }) => properties["message"])).toEqual([
      expect.stringContaining(`belong to incident ${keeper}`),
    ]);
    expect(read(ended!).properties["description"]).toMatch(refused(5));
    expect(read(keeper!).properties["description"]).toMatch(refused(11));
    expect(read(keeper!).comments).toHaveLength(1);
  });

  test("is noted on no incident that is not there", async () => {
    const { run, out, state } = story();
    const { findings } = await run([...burst, ...denials("09:30", 5)]);
    const elsewhere = `${out}-2`;
    await detect(["-", ...state, "--out", elsewhere], { stdin: ndjson([denialRow("09:19")]) });
    expect(readdirSync(elsewhere)).toEqual([`${findings[0]!.incidentId}.json`]);
  });
});

describe("a closed incident", () => {
  async function closed(rows: readonly Row[] = burst) {
    const told = story();
    const { findings } = await told.run(rows);
    const { incidentId } = findings[0]!;
    told.edit(incidentId, { status: "Closed", classification: "TruePositive" });
    return { ...told, incidentId, before: told.read(incidentId) };
  }

  test("stays as it is while nothing is new", async () => {
    const { run, read, incidentId, before, ids } = await closed();
    await run([]);
    await run(burst);
    expect(read(incidentId)).toEqual(before);
    expect(ids()).toHaveLength(1);
  });

  test("stays closed when the burst grows: one comment says so, and is overwritten", async () => {
    const { run, read, incidentId, before, ids } = await closed();
    await run([denialRow("09:15")]);
    const once = read(incidentId);
    await run([denialRow("09:25")]);
    await run([]);
    const twice = read(incidentId);
    await run([]);
    expect(read(incidentId)).toEqual(twice);
    expect(ids()).toHaveLength(1);
    for (const file of [once, twice]) {
      expect(file.properties).toEqual(before.properties);
      expect(file.tasks).toEqual(before.tasks);
      expect(file.comments).toHaveLength(1);
    }
    expect(twice.comments[0]?.name).toBe(once.comments[0]?.name);
    expect(once.comments[0]?.properties["message"]).toMatch(refused(6));
    expect(twice.comments[0]?.properties["message"]).toMatch(refused(7));
  });

  test.each([
    ["an approval", [approval], "approved-after"],
    [
      "a fraud report",
      [row({ at: "09:15", steps: [password("09:14:40"), fraudReported("09:15")] })],
      "fraud-reported",
    ],
  ])("has one further incident opened by %s", async (_, news, label) => {
    const { run, read, incidentId, before, ids } = await closed();
    await run(news);
    await run([]);
    await run(news);
    expect(ids()).toHaveLength(2);
    expect(read(incidentId).properties).toEqual(before.properties);
    const further = read(ids().find((id) => id !== incidentId)!);
    expect(further.properties).toMatchObject({
      title: "After closing: MFA push attack on alice@contoso.com",
      status: "New",
      severity: "High",
    });
    expect(further.properties["description"]).toContain(incidentId);
    expect(labelsOf(further)).toEqual(expect.arrayContaining([label, "approved-after-close"]));
    expect(further.tasks).toHaveLength(analystTasks.length);
    expect(further.comments).toEqual([]);
  });

  test("has none opened by an approval that was known before it was closed", async () => {
    const { run, ids } = await closed([...burst, approval]);
    await run([denialRow("09:15")]);
    expect(ids()).toHaveLength(1);
  });

  test("has no third one opened where the further one is closed as well", async () => {
    const { run, ids, incidentId, edit, read } = await closed();
    await run([approval]);
    const further = ids().find((id) => id !== incidentId)!;
    edit(further, { status: "Closed" });
    const before = read(further);
    await run([denialRow("09:15")]);
    expect(ids()).toHaveLength(2);
    expect(read(further)).toEqual(before);
    expect(read(incidentId).comments).toHaveLength(1);
  });

  test("lets the further one grow while that is open", async () => {
    const { run, ids, incidentId, read } = await closed();
    await run([approval]);
    await run([denialRow("09:15")]);
    const further = read(ids().find((id) => id !== incidentId)!);
    expect(further.properties["description"]).toMatch(refused(6));
    expect(further.comments).toHaveLength(1);
  });

  test("goes on as before once it is opened again", async () => {
    const { run, read, incidentId, edit } = await closed();
    await run([denialRow("09:15")]);
    edit(incidentId, { status: "Active" });
    await run([]);
    expect(read(incidentId).properties["description"]).toMatch(refused(6));
  });
});

describe("without a state", () => {
  test("every finding is opened, and its file says what the last run found", async () => {
    const { run, only } = story({ remembers: false });
    expect(inShort(await run(burst))).toEqual(["alice@contoso.com 5 open (first-seen)"]);
    expect(inShort(await run([...burst, denialRow("09:15")]))).toEqual([
      "alice@contoso.com 6 open (first-seen)",
    ]);
    expect(only().properties["description"]).toMatch(refused(6));
    expect(only().comments).toHaveLength(1);
    await run([...burst, denialRow("09:15"), approval]);
    expect(only().properties).toMatchObject({ severity: "High" });
    expect(only().comments).toHaveLength(2);
  });

  test("the same run again changes nothing, and an analyst's edits stay", async () => {
    const { run, only, edit } = story({ remembers: false });
    const { findings } = await run(burst);
    edit(findings[0]!.incidentId, { severity: "Low", status: "Active" });
    const before = only();
    await run(burst);
    expect(only()).toEqual(before);
  });

  test("a closed incident gets its growth in one comment", async () => {
    const { run, only, edit } = story({ remembers: false });
    const { findings } = await run(burst);
    edit(findings[0]!.incidentId, { status: "Closed" });
    await run(burst);
    expect(only().comments).toEqual([]);
    await run([...burst, denialRow("09:15")]);
    const once = only();
    await run([...burst, denialRow("09:15")]);
    expect(only()).toEqual(once);
    expect(once.comments).toHaveLength(1);
  });

  test("a new state does not hide growth from existing files", async () => {
    const { run, only, out } = story();
    await run(burst);
    await run([denialRow("09:15")]);
    await run([denialRow("09:20")]);
    const fresh = ["-", "--state", `${out}-state`, "--out", out];
    await detect(fresh, { stdin: ndjson(burst) });
    const all = [...burst, ...["09:15", "09:20", "09:25"].map((at) => denialRow(at))];
    await detect(fresh, { stdin: ndjson(all) });
    expect(only().properties["description"]).toMatch(refused(8));
  });
});

describe("a file that cannot be an incident is named in one sentence", () => {
  const unknown = "is not an incident that this version can read";

  test.each([
    ["is cut off", '{"schemaVersion":1,', "cannot be read as an incident"],
    ["is empty", "", "cannot be read as an incident"],
    ["is null", "null", unknown],
    ["is of a later version", '{"schemaVersion":2}', unknown],
    ["holds a version only", '{"schemaVersion":1}', unknown],
    ["has labels that are none", { properties: { labels: "vip" } }, unknown],
    ["has a label without a name", { properties: { labels: [{}] } }, unknown],
    ["has comments that are none", { comments: {} }, unknown],
    ["has a task without a name", { tasks: [{ properties: {} }] }, unknown],
  ])("where it %s", async (_, content, sentence) => {
    const { run, out, pathOf, read, state } = story();
    const { findings } = await run(burst);
    const { incidentId } = findings[0]!;
    const spoiled =
      typeof content === "string" ? content : JSON.stringify({ ...read(incidentId), ...content });
    writeFileSync(pathOf(incidentId), spoiled);
    const { code, err } = await cli(["detect", "-", ...state, "--out", out]);
    expect(code).toBe(2);
    expect(err).toBe(`mfa-deny: ${pathOf(incidentId)}: ${sentence}\n`);
    expect(readFileSync(pathOf(incidentId), "utf8")).toBe(spoiled);
  });

  test("and once it is put right, the run that comes next makes up for it", async () => {
    const { run, only, out, pathOf, state } = story();
    const { findings } = await run(burst);
    const path = pathOf(findings[0]!.incidentId);
    const good = readFileSync(path, "utf8");
    writeFileSync(path, "oops");
    const stdin = ndjson([denialRow("09:15")]);
    expect((await cli(["detect", "-", ...state, "--out", out], { stdin })).code).toBe(2);
    writeFileSync(path, good);
    await run([]);
    expect(only().properties["description"]).toMatch(refused(6));
    expect(only().comments).toHaveLength(1);
  });

  test("a folder in its place is named as well", async () => {
    const { run, out, ids, pathOf, state } = story({ remembers: false });
    await run(burst);
    const other = `${out}-2`;
    mkdirSync(join(other, `${ids()[0]!}.json`), { recursive: true });
    const { code, err } = await cli(["detect", "-", ...state, "--out", other], {
      stdin: ndjson(burst),
    });
    expect(code).toBe(2);
    expect(err).toBe(
      `mfa-deny: ${pathOf(ids()[0]!).replace(out, other)}: cannot be read as an incident (EISDIR)\n`,
    );
  });
});
