import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { SearchThread } from "../../src/logs/files/search/searchThread.ts";
import { temporaryFolder } from "../cli/terminal.ts";
import { built, example, mfaDeny, start, startFile } from "./cliProgram.ts";
import { listed } from "../cases.ts";

const program = new URL("../../dist/searchThread.mjs", import.meta.url);
const day = gunzipSync(readFileSync(example));
/** Threads are started for as much only. */
const enough = 6;

function largeLog(pack = (text: Buffer) => text, between = ""): string {
  const path = join(temporaryFolder(), "log.json");
  const days = Array.from({ length: enough }, () => [day, Buffer.from(between)]).flat();
  writeFileSync(path, pack(Buffer.concat(days)));
  return path;
}

const gzip = (text: Buffer) => gzipSync(text, { level: 1 });
const packings: readonly [string, (text: Buffer) => Buffer][] = [
  ["plain", (text) => text],
  ["gzip", gzip],
  ["gzip that is cut off", (text) => gzip(text).subarray(0, -50_000)],
  ["a very long line in the middle", (text) => Buffer.concat([text, longLine, text])],
];
const longLine = Buffer.from(`{"ResultType":"0","Padding":"${"x".repeat(2_000_000)}"}\n`);

// Three runs over 90 MB or more each, twice through where there is context: minutes on a busy machine.
describe("threads", { timeout: 600_000 }, () => {
  test.each(packings)("find the same as one, in the same order: %s", async (_, pack) => {
    const args = ["detect", largeLog(pack), "--format", "json", "--threads"];
    const alone = await mfaDeny([...args, "1"]);
    expect(alone.out).toContain('"findings"');
    for (const threads of listed(["2", "3"], 1)) {
      expect(await mfaDeny([...args, threads])).toEqual(alone);
    }
  });

  test.each(packings.slice(0, 2))("tell the lines of bad records: %s", async (_, pack) => {
    const log = largeLog(pack, '{"ResultType":"500121"\n');
    const { length } = day.toString().trimEnd().split("\n");
    const { code, err } = await mfaDeny(["detect", log, "--threads", "2"]);
    expect(code).toBe(3);
    const lines = err.matchAll(new RegExp(`^mfa-deny: ${log}:(\\d+): `, "gm"));
    expect([...lines].map(([, line]) => Number(line))).toEqual(
      Array.from({ length: enough }, (_none, at) => (at + 1) * (length + 1)),
    );
  });

  test.each(listed(packings.slice(0, 2), 1))(
    "are done without where none can start: %s",
    async (_, pack) => {
      // All of the program but the one that threads are started with.
      const folder = temporaryFolder();
      for (const name of readdirSync(dirname(built)).filter((each) =>
        /^(?:cli|program)/.test(each),
      )) {
        copyFileSync(join(dirname(built), name), join(folder, name));
      }
      const alone = join(folder, "cli.mjs");
      const args = ["detect", largeLog(pack), "--format", "json", "--threads"];
      const lonely = await startFile(alone, [...args, "2"], {}).ended;
      expect(lonely).toEqual(await mfaDeny([...args, "1"]));
    },
  );

  test("end when the run is interrupted, and nothing is left", async () => {
    const temporary = temporaryFolder();
    const { child, ended } = start(["detect", largeLog(), "-", "--threads", "2"], {
      env: { TMPDIR: temporary },
      stdin: null,
    });
    // It has begun. In the end it would wait for standard input.
    await expect.poll(() => readdirSync(temporary), { timeout: 15_000 }).not.toEqual([]);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({
      code: 130,
      out: "",
      err: "mfa-deny: interrupted; nothing was written\n",
    });
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("say which file cannot be read", async () => {
    const thread = new SearchThread(program, { search: "denials", notes: "all", how: {} });
    try {
      const gone = { source: "logs/gone.json", path: "/nowhere", from: 0, to: 9 };
      await expect(thread.search(gone)).rejects.toMatchObject({
        name: "InputError",
        message: "logs/gone.json: no such file or folder",
      });
      const there = { source: "log.json", path: example, from: 0, to: 100 };
      expect((await thread.search(there)).extract.counts.rows).toBeGreaterThan(0);
    } finally {
      await thread.close();
    }
  });

  test("that end leave nobody waiting for them", async () => {
    const thread = new SearchThread(program, { search: "denials", notes: "all", how: {} });
    const range = { source: "log.json", path: example, from: 0, to: 100 };
    const waiting = thread.search(range);
    const outcome = expect(waiting).rejects.toThrow("ended early");
    await thread.close();
    await outcome;
    expect(thread.isReady).toBe(false);
    await expect(thread.search(range)).rejects.toThrow("ended early");
  });
});
