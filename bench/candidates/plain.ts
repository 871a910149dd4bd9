import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { Fields } from "../../src/detection/signin/fields.ts";
import { findingsDigest, judgeRows } from "../findings/judge.ts";
import type { ScanTask } from "../findings/scanTask.ts";
import { keptOf, userOf, worthALook } from "../findings/worthALook.ts";
import type { Turn } from "../frame/rounds.ts";

/** `readline` and `JSON.parse` of every line. Judges the rows that may matter. */
export async function work({ path }: ScanTask): Promise<Turn> {
  const startedAt = performance.now();
  const approvals: Fields[] = [];
  const report = await judgeRows(candidatesOf(path, approvals), (users) => [
    approvals.filter((row) => users.has(userOf(row))),
  ]);
  return { ms: performance.now() - startedAt, digest: findingsDigest(report) };
}

async function* candidatesOf(path: string, approvals: Fields[]): AsyncGenerator<readonly Fields[]> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const input = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  let batch: Fields[] = [];
  for await (const line of createInterface({ input })) {
    const row = JSON.parse(line) as Fields;
    const worth = worthALook(row);
    if (worth === "candidate") {
      batch.push(row);
    } else if (worth === "approval") {
      approvals.push(keptOf(row));
    }
    if (batch.length === 256) {
      yield batch;
      batch = [];
    }
  }
  yield batch;
}
