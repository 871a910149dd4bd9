import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLogFiles } from "../../../../src/logs/files/findLogFiles.ts";
import { InputTally } from "../../../../src/logs/files/inputTally.ts";
import { readRecords, type Entry } from "../../../../src/logs/files/readRecords.ts";
import { ndjson, problemsIn, read, recordsIn, refusal, row } from "../reading.ts";
import { tar } from "./tarFile.ts";

const two = tar([
  { name: "logs/a.json", content: ndjson([row(1), row(2)]) },
  { name: "readme.md", content: "# Logs" },
  { name: "logs/b.json.gz", content: gzipSync(JSON.stringify([row(3)])) },
  { name: "._logs/a.json", content: "left by a Mac" },
]);
const ids = (entries: readonly Entry[]) => recordsIn(entries).map(({ Id }) => Id);

describe("a tar archive", () => {
  test.each([
    ["plain", two],
    ["compressed", gzipSync(two)],
  ])("is read as a folder is, %s, however it is cut into chunks", async (_, archive) => {
    for (const size of [1, 511, 64 * 1024]) {
      const entries = await read(archive, size);
      expect(ids(entries)).toEqual(["1", "2", "3"]);
      expect(entries.map(({ place }) => place.source)).toEqual([
        "logs.json/logs/a.json",
        "logs.json/logs/a.json",
        "logs.json/logs/b.json.gz",
      ]);
    }
  });

  test("has long names in members of their own", async () => {
    const name = `${"deep/".repeat(30)}signins.json`;
    for (const [type, content] of [
      ["L", `${name}\0`],
      ["x", `${name.length + 13} path=${name}\n`],
    ] as const) {
      const archive = tar([
        { name: "long", content, type },
        { name: name.slice(0, 90), content: ndjson([row(1)]) },
      ]);
      const [entry] = await read(archive);
      expect(entry?.place.source).toBe(`logs.json/${name}`);
    }
  });

  test("within a tar archive is read, but not endlessly", async () => {
    const nest = (content: Buffer, depth: number): Buffer =>
      depth === 0 ? content : nest(tar([{ name: "in.tar", content }]), depth - 1);
    const log = tar([{ name: "a.json", content: ndjson([row(1)]) }]);
    expect(ids(await read(nest(log, 2)))).toEqual(["1"]);
    expect(await refusal(nest(log, 9))).toContain("archives are nested more than 4 deep");
  });

  test.each([
    ["cut off in a file", two.subarray(0, 600), "it ends too early"],
    [
      "with a size beyond its end",
      tar([{ name: "a.json", content: ndjson([row(1)]), size: "77777777777" }]),
      "it ends too early",
    ],
    [
      "with a size that is none",
      tar([{ name: "a.json", content: "", size: "99999999999" }]),
      "a size in it is not a number",
    ],
  ])("%s is said to be broken", async (_, archive, problem) => {
    const said = await refusal(archive);
    const problems = said.startsWith("read ") ? problemsIn(await read(archive)) : [said];
    expect(problems.join()).toMatch(new RegExp(`${problem}|contains no logs`));
  });

  test("without a log is refused, and one with other files beside a log passes them over", async () => {
    expect(await refusal(tar([{ name: "notes.md", content: "x" }]))).toContain("contains no logs");
  });
});

describe("what is in archives", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tar-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test("is tallied file by file, with what was passed over", async () => {
    const archive = tar([
      { name: "a.json", content: ndjson([row(1), { ...row(2), ResultType: "0" }]) },
      { name: "ual.csv", content: "RecordType,Operations,AuditData\n15,x,{}\n" },
    ]);
    writeFileSync(join(folder, "logs.tgz"), gzipSync(archive));
    const tally = new InputTally();
    for await (const batch of readRecords(await findLogFiles([folder]), { tally })) {
      tally.countEntries(batch);
    }
    const { files, passedOver, contextFiles } = tally.seen();
    expect(files).toMatchObject([
      {
        path: join(folder, "logs.tgz", "a.json"),
        container: ["gzip", "tar", "ndjson"],
        dialect: "log-analytics",
        rows: 2,
        candidates: 1,
      },
    ]);
    expect(passedOver).toEqual([]);
    expect(contextFiles).toEqual([
      { path: join(folder, "logs.tgz", "ual.csv"), what: "a Unified Audit Log" },
    ]);
  });
});
