import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, type Report } from "../cli/terminal.ts";
import { mfaDeny } from "../e2e/cliProgram.ts";
import { writeLog } from "./cliLog.ts";

const gigabyte = 1_000_000_000;
const mostMegabytes = 200;

/** Makes the command say what it took, in the end. */
const tellMemory = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => process.stderr.write(`maxRSS ${process.resourceUsage().maxRSS}\\n`))',
)}`;

test.each([
  ["without a state", (): string[] => []],
  ["with a state", (folder: string) => ["--state", join(folder, "state")]],
])(
  "a log of a gigabyte is read in under 200 MB of memory, %s",
  async (_, more) => {
    const folder = temporaryFolder();
    const log = join(folder, "log.ndjson");
    const { bytes, days, rows } = await writeLog(log, gigabyte);

    const begun = performance.now();
    const { code, out, err } = await mfaDeny(["detect", log, "--format", "json", ...more(folder)], {
      node: ["--import", tellMemory],
    });
    const seconds = (performance.now() - begun) / 1000;

    const megabytes = Number(/^maxRSS (\d+)\n$/.exec(err)?.[1]) / 1024;
    const { run, findings } = JSON.parse(out) as Report;
    expect(code).toBe(0);
    expect(run).toMatchObject({ rows, badRecords: 0 });
    expect(findings).toHaveLength(11 * days);
    console.log(
      `${(bytes / 1e6).toFixed(0)} MB, ${rows} rows in ${seconds.toFixed(1)} s: ` +
        `${(bytes / 1e6 / seconds).toFixed(0)} MB/s, ${Math.round(rows / seconds)} rows/s, ` +
        `${megabytes.toFixed(0)} MB of memory at most`,
    );
    expect(megabytes).toBeLessThan(mostMegabytes);
  },
  600_000,
);
