import { isWhole } from "../cases.ts";

/**
 * How much of a proof a run takes. The files of this folder run twice: a quick share with a fixed seed in
 * `npm test`, and in full in `npm run test:long`, with a seed of its own that is printed, so that a failure can be
 * replayed: `PROOF_SEED=… npm run test:long`.
 */
const isLong = process.env["TEST_SUITE"] === "long";

/** How many of something: a share in `npm test`, all of it in the long run, and what CI takes in between. */
export function extent(share: number, long: number, ci = share): number {
  if (isLong) {
    return long;
  }
  return isWhole ? ci : share;
}

/** The seed of everything random in this run. */
export const seed = Number(
  process.env["PROOF_SEED"] ?? (isLong ? Math.trunc(Math.random() * 2 ** 31) : 20_261_122),
);
if (isLong) {
  console.log(`PROOF_SEED=${seed}`);
}

/** Beside vitest's own limit for quick tests. */
export const timeLimitMs = extent(60_000, 3_600_000);
