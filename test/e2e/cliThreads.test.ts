import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { SearchThread } from "../../src/files/scan/searchThread.ts";
import { temporaryFolder } from "../cli/terminal.ts";
import { built, example, mfaDeny, start } from "./cliProgram.ts";

const program = pathToFileURL(built);
const day = gunzipSync(readFileSync(example));
/** Threads are started for as much only. */
const enough = 6;

function largeLog(): string {
  const path = join(temporaryFolder(), "log.json");
  writeFileSync(path, Buffer.concat(Array.from({ length: enough }, () => day)));
  return path;
}

describe("threads", () => {
  test("find the same as one, in the same order, however many", async () => {
    const args = ["detect", largeLog(), "--format", "json", "--threads"];
    const [alone, two, three] = [
      await mfaDeny([...args, "1"]),
      await mfaDeny([...args, "2"]),
      await mfaDeny([...args, "3"]),
    ];
    expect(alone).toMatchObject({ code: 0, err: "" });
    expect(two).toEqual(alone);
    expect(three).toEqual(alone);
  });

  test("tell the line of a bad record", async () => {
    const log = largeLog();
    const { length } = day.toString().trimEnd().split("\n");
    writeFileSync(log, '{"ResultType":"500121"\n', { flag: "a" });
    const { code, err } = await mfaDeny(["detect", log, "--threads", "2"]);
    expect(code).toBe(3);
    expect(err).toMatch(new RegExp(`^mfa-deny: ${log}:${enough * length + 1}: `));
  });

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
    const thread = new SearchThread(program, { search: "denials", how: {} });
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
    const thread = new SearchThread(program, { search: "denials", how: {} });
    const range = { source: "log.json", path: example, from: 0, to: 100 };
    const waiting = thread.search(range);
    const outcome = expect(waiting).rejects.toThrow("ended before its time");
    await thread.close();
    await outcome;
  });
});
