import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import type { DetectReport } from "../../src/cli/detect/detectReport.ts";
import { run } from "../../src/cli/run.ts";
import { findingsDigest } from "../findings/judge.ts";
import type { ScanTask } from "../findings/scanTask.ts";
import type { Turn } from "../frame/rounds.ts";

/** A complete `mfa-deny detect FILE`, as a user runs it. Its threads run the built program. */
export async function work({ path, threads = 1 }: ScanTask): Promise<Turn> {
  const options = ["--threads", String(threads), "--format", "json", "--quiet"];
  let out = "";
  const startedAt = performance.now();
  const code = await run(["detect", path, ...options], {
    stdin: Readable.from([]),
    stdout: { write: (text) => (out += text) },
    stderr: process.stderr,
    signal: new AbortController().signal,
    threadProgram: pathToFileURL(join(process.cwd(), "dist", "searchThread.mjs")),
  });
  const ms = performance.now() - startedAt;
  if (code !== 0) {
    throw new Error(`the command ended with ${code}`);
  }
  return { ms, digest: findingsDigest(JSON.parse(out) as DetectReport) };
}
