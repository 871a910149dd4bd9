import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { classify } from "../../src/detection/signin/classify.ts";
import type { Fields } from "../../src/detection/signin/fields.ts";
import { isDenial } from "../../src/detection/signin/outcome.ts";
import { SightingTable } from "../../src/detection/prompts/sightingTable.ts";
import type { ScanTask } from "../findings/scanTask.ts";
import type { Turn } from "../frame/rounds.ts";

/** Measures the memory per denial for the evidence of a log's denials. Requires `--expose-gc`. */
export async function work({ path }: ScanTask): Promise<Turn> {
  const startedAt = performance.now();
  const before = held();
  let table: SightingTable | null = new SightingTable();
  let denials = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { account, sightings } = classify(JSON.parse(line) as Fields);
    for (const sighting of sightings) {
      if (account !== null && table.add(account, sighting) && isDenial(sighting.outcome)) {
        denials++;
      }
    }
  }
  const ms = performance.now() - startedAt;
  const withEvidence = held();
  // Used after the measurement, so that it is not collected before.
  const accounts = [...table.accounts()].length;
  table = null;
  const without = Math.max(before, held());
  return { ms, more: { bytesEach: (withEvidence - without) / denials, denials, accounts } };
}

function held(): number {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
