import { closeSync, openSync, readSync } from "node:fs";
import type { Turn } from "../frame/rounds.ts";
import type { ScanTask } from "../findings/scanTask.ts";

/** Reads the bytes repeatedly into one buffer, without looking at them. */
export async function work({ path }: ScanTask): Promise<Turn> {
  const buffer = Buffer.alloc(1 << 20);
  const startedAt = performance.now();
  const file = openSync(path, "r");
  while (readSync(file, buffer) > 0) {
    // The next read overwrites this one.
  }
  closeSync(file);
  return { ms: performance.now() - startedAt };
}
