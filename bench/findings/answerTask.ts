import type { Fields } from "../../src/detection/signin/fields.ts";
import { highestMemory } from "../frame/memory.ts";
import { digestOf } from "../frame/digest.ts";
import type { Turn } from "../frame/rounds.ts";

export interface AnswerTask {
  readonly url: string;
  /** The trusted certificate, PEM. */
  readonly ca: string;
  /** The number of answers read before the one that is timed. */
  readonly before: number;
}

export const workspace = "00000000-0000-0000-0000-0000000000aa";

/** Queries several times, and times the last one. */
export async function timeAnswer(
  { before }: AnswerTask,
  ask: () => Promise<readonly Fields[]>,
): Promise<Turn> {
  for (let turn = 0; turn < before; turn++) {
    await ask();
  }
  const startedAt = performance.now();
  const rows = await ask();
  const ms = performance.now() - startedAt;
  // Before the digest, which uses more memory than the answer.
  const peakBytes = highestMemory();
  return { ms, peakBytes, digest: digestOf(rows), more: { rows: rows.length } };
}
