import { findLogFiles } from "../../src/logs/files/findLogFiles.ts";
import { readRecords } from "../../src/logs/files/readRecords.ts";
import { wholly } from "../../src/run/extract.ts";
import { findingsDigest, judge } from "../findings/judge.ts";
import type { ScanTask } from "../findings/scanTask.ts";
import type { Turn } from "../frame/rounds.ts";

/** The detector's plain reader, which parses and classifies every row of any format. It is the oracle of the scan. */
export async function work({ path }: ScanTask): Promise<Turn> {
  const startedAt = performance.now();
  const report = await judge(wholly(readRecords(await findLogFiles([path]))));
  return { ms: performance.now() - startedAt, digest: findingsDigest(report) };
}
