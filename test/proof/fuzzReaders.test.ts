/** Every reader, and what takes records apart, over real-shaped logs that were spoilt in every way. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { classify } from "../../src/detection/signin/classify.ts";
import { explainRow } from "../../src/detection/signin/explainRow.ts";
import { findLogFiles } from "../../src/logs/files/findLogFiles.ts";
import { InputError } from "../../src/logs/files/inputError.ts";
import { readRecords, type Entry } from "../../src/logs/files/readRecords.ts";
import { storagePath, toLogAnalyticsCsv } from "../../src/tenant/dialects.ts";
import { cli } from "../cli/terminal.ts";
import { readCut, recordsIn } from "../logs/files/reading.ts";
import { extent, timeLimitMs } from "./extent.ts";
import {
  counted,
  fuzz,
  guardPrototypes,
  hostileKeys,
  hostileLiterals,
  mutate,
  mutation,
  share,
} from "./fuzzing.ts";
import { files, layouts, rowsFrom, writers } from "./fuzzLogs.ts";

const folder = mkdtempSync(join(tmpdir(), "mfa-deny-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
guardPrototypes();
const records = counted("records");

/** Rows of a file. */
const many = 60;
const [quick, long] = [6_000, 900_000];

const start = fc.nat({ max: 100_000 });
const sizes = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 4 });
const mutations = fc.array(mutation, { minLength: 1, maxLength: 6 });

/** Everything made of entries must accept any. Vitest's own assertions would take most of the time here. */
function takeApart(entries: readonly Entry[]): void {
  for (const entry of entries) {
    if (entry.kind === "bad") {
      assert(entry.reason.length < 300);
      continue;
    }
    const classified = classify(entry.record);
    const explained = explainRow(entry.record);
    assert.deepEqual(explained.classified, classified);
    const told = [...classified.sightings, ...classified.approvals];
    assert(told.every(({ at }) => Number.isSafeInteger(at)));
    // What is recorded of it is written as JSON.
    JSON.stringify(explained);
  }
}

/** What there is to read in a file, before it turned out to be unreadable. */
async function readAnything(reading: AsyncIterable<readonly Entry[]>): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const batch of reading) {
      for (const entry of batch) {
        entries.push(entry);
      }
    }
  } catch (error) {
    if (!(error instanceof InputError)) {
      throw error;
    }
    expect(error.message.length).toBeLessThan(1_000);
  }
  return entries;
}

async function* readBytes(
  bytes: Buffer,
  cuts: readonly number[],
): AsyncGenerator<readonly Entry[]> {
  yield await readCut(cut(bytes, cuts));
}

function* cut(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = cuts[turn % cuts.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const soundIds = (entries: readonly Entry[]) =>
  new Set(recordsIn(entries).flatMap((record) => idsIn(record)));

function idsIn(record: Readonly<Record<string, unknown>>): readonly string[] {
  const { properties, Id, id } = record;
  const inner = typeof properties === "object" && properties !== null ? properties : {};
  const all = [Id, id, (inner as Readonly<Record<string, unknown>>)["id"]];
  return all.filter((each) => typeof each === "string");
}

const names = [...files([]).keys()];

describe("a file with bytes that were changed anywhere ends well", () => {
  test.each(names)(
    "%s",
    async (name) => {
      const runs = Math.ceil(share(quick, long, names.length) / many / 2);
      await fuzz(fc.tuple(start, mutations, sizes), runs, async ([from, changes, cuts]) => {
        const whole = files(rowsFrom(from, many)).get(name)?.() ?? Buffer.of();
        const bytes = mutate(whole, changes);
        records.begin(many);
        if (!name.endsWith("zip") || name.endsWith("gzip")) {
          takeApart(await readAnything(readBytes(bytes, cuts)));
          return;
        }
        // A zip's directory is at its end, so it must be on disk.
        const path = join(folder, "spoilt");
        writeFileSync(path, bytes);
        takeApart(await readAnything(readRecords(await findLogFiles([path]))));
      });
    },
    timeLimitMs,
  );
});

/** A member that says something, somewhere in a record, with a value that is out of the way. */
const member = fc.tuple(
  fc.nat(),
  fc.constantFrom(...hostileLiterals),
  fc.constantFrom(...hostileKeys),
);

describe("a record with values that are out of the way hides none beside it", () => {
  const kinds = Object.keys(writers).flatMap((writer) =>
    Object.keys(layouts).map((layout) => [writer, layout] as const),
  );
  test.each(kinds)(
    "of %s, %s",
    async (writer, layout) => {
      const runs = Math.ceil(share(quick, long, kinds.length) / many / 3);
      const spoilt = fc.array(fc.array(member, { minLength: 1, maxLength: 8 }), {
        minLength: 1,
        maxLength: 30,
      });
      await fuzz(fc.tuple(start, spoilt, sizes), runs, async ([from, changes, cuts]) => {
        const rows = rowsFrom(from, many).map((row) => JSON.stringify(writers[writer]?.(row)));
        const texts = rows.map((text, n) =>
          n % 2 === 0 ? text : withMembers(text, changes[n % changes.length] ?? []),
        );
        records.begin(many);
        const entries = await readCut(cut(Buffer.from(layouts[layout]?.(texts) ?? ""), cuts));
        takeApart(entries);
        expect([...soundIds(entries)]).toEqual(expect.arrayContaining(soundNames(many)));
      });
    },
    timeLimitMs,
  );
});

const soundNames = (count: number) => Array.from({ length: count / 2 }, (_, n) => `sound-${n * 2}`);

/** The text of an object, with members that replace others of it or are new to it. */
function withMembers(
  text: string,
  members: readonly (readonly [number, string, string])[],
): string {
  const fields = Object.entries(JSON.parse(text) as object).map(
    ([key, value]) => [JSON.stringify(key), JSON.stringify(value)] as [string, string],
  );
  for (const [place, literal, key] of members) {
    const field = fields[place % fields.length];
    if (field && place % 3 > 0) {
      field[1] = literal;
    } else {
      fields.push([JSON.stringify(key), literal]);
    }
  }
  return `{${fields.map(([key, value]) => `${key}:${value}`).join()}}`;
}

describe("a line that was changed anyhow costs no other", () => {
  const kinds = [...Object.keys(writers), "CSV of Log Analytics"];
  test.each(kinds)(
    "of %s",
    async (kind) => {
      const runs = Math.ceil(share(quick, long, kinds.length) / many / 5);
      const spoilt = fc.array(mutations, { minLength: 1, maxLength: 20 });
      await fuzz(fc.tuple(start, spoilt, sizes), runs, async ([from, changes, cuts]) => {
        const lines = linesOf(kind, from).map((line, n) =>
          // The first record decides the kind of file.
          n < 2 || n % 2 === 0 ? line : mutate(line, changes[n % changes.length] ?? []),
        );
        records.begin(many);
        const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
        const entries = await readCut(cut(bytes, cuts));
        takeApart(entries);
        expect([...soundIds(entries)]).toEqual(expect.arrayContaining(kept(kind)));
      });
    },
    timeLimitMs,
  );

  /** With a header, the second row is on an even line. */
  const kept = (kind: string) =>
    kind.startsWith("CSV")
      ? soundNames(many).map((_, n) => `sound-${n * 2 + 1}`)
      : soundNames(many);

  function linesOf(kind: string, from: number): readonly Buffer[] {
    const rows = rowsFrom(from, many);
    const write = writers[kind];
    const lines =
      write === undefined
        ? [csvOf([]), ...rows.map((row) => csvOf([row]).slice(csvOf([]).length))]
        : rows.map((row) => `${JSON.stringify(write(row))}\n`);
    return lines.map((line) => Buffer.from(line.trimEnd()));
  }

  const csvOf = (rows: ReturnType<typeof rowsFrom>) => toLogAnalyticsCsv(rows, { dates: "iso" });
});

describe("the command line", () => {
  test(
    "over a storage account's folders with spoilt files in them ends with a report or one sentence",
    async () => {
      const commands = [["detect"], ["explain", "--limit", "3"], ["detect", "--strict"]] as const;
      await fuzz(
        fc.tuple(start, mutations, fc.constantFrom(...commands)),
        extent(6, 600),
        async ([from, changes, command]) => {
          const tree = join(folder, "tree");
          rmSync(tree, { recursive: true, force: true });
          const hours = [...files(rowsFrom(from, many)).values()];
          for (let hour = 0; hour < 4; hour++) {
            const at = Date.UTC(2026, 2, 10, hour);
            const path = join(
              tree,
              storagePath("00000000-0000-0000-0000-0000000000cc", at, "SignInLogs"),
            );
            mkdirSync(dirname(path), { recursive: true });
            const whole = hours[(from + hour) % hours.length]?.() ?? Buffer.of();
            writeFileSync(path, hour === 0 ? whole : mutate(whole, changes));
          }
          records.begin(many * 4);
          const { code, err } = await cli([...command, "--date-order", "dmy", tree]);
          expect([0, 2, 3]).toContain(code);
          for (const line of err.trimEnd().split("\n")) {
            expect(line).toMatch(/^(?:mfa-deny: .*|and .*)?$/);
          }
        },
      );
    },
    timeLimitMs,
  );
});

test("there were as many records as were promised", () => {
  expect(records.count).toBeGreaterThan(extent(5_000, 1_000_000));
});
