import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findLogFiles } from "../../../src/logs/files/findLogFiles.ts";
import { readRecords, type Entry } from "../../../src/logs/files/readRecords.ts";
import { storagePath } from "../../../src/tenant/dialects.ts";
import { ndjson, problemsIn, recordsIn } from "./reading.ts";
import { zip } from "./containers/zipping.ts";

const hourMs = 3_600_000;
const tenant = "00000000-0000-0000-0000-0000000000cc";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "storage-tree-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const record = (at: number, category = "SignInLogs") => ({
  time: new Date(at).toISOString(),
  category,
  resultType: "0",
  properties: { id: String(at) },
});

async function readAll(path: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const batch of readRecords(await findLogFiles([path]))) {
    entries.push(...batch);
  }
  return entries;
}

test("the path of an hour is as diagnostic settings have it", () => {
  expect(storagePath(tenant, Date.parse("2026-03-10T09:02:00Z"))).toBe(
    "insights-logs-signinlogs/tenantId=00000000-0000-0000-0000-0000000000cc/y=2026/m=03/d=10/h=09/m=00/PT1H.json",
  );
  expect(storagePath(tenant, 0, "NonInteractiveUserSignInLogs")).toMatch(
    /^insights-logs-noninteractiveusersigninlogs\//,
  );
});

test("the tree of a storage account is read by the hour, as folders and zipped", async () => {
  // Over the end of a day, a month and a year; an append blob grows by a record a line.
  const times = ["2025-12-31T22:10Z", "2026-01-01T00:30Z", "2026-02-28T23:59Z", "2026-03-01T00:00Z"]
    .map((text) => Date.parse(text))
    .flatMap((at) => [at, at + hourMs]);
  const files = new Map<string, string>();
  for (const at of times.toReversed()) {
    for (const category of ["SignInLogs", "NonInteractiveUserSignInLogs"]) {
      const path = storagePath(tenant, at, category);
      files.set(path, `${ndjson([record(at, category)])}${files.get(path) ?? ""}`);
    }
  }
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const entries = await readAll(folder);
  expect(problemsIn(entries)).toEqual([]);
  const read = recordsIn(entries).map(
    ({ time, category }) => `${String(category)} ${String(time)}`,
  );
  const expected = ["NonInteractiveUserSignInLogs", "SignInLogs"].flatMap((category) =>
    times.map((at) => `${category} ${new Date(at).toISOString()}`),
  );
  expect(read).toEqual(expected);

  const packed = Array.from(files, ([name, content]) => ({ name, content }));
  await writeFile(join(folder, "download.zip"), zip(packed));
  expect(recordsIn(await readAll(join(folder, "download.zip")))).toEqual(recordsIn(entries));
});
