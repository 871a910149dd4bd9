import { denialsOnly, logOf, mixed } from "../data/logs.ts";
import type { Case, CaseResult, Extent } from "../frame/case.ts";
import { figureOf } from "../frame/figures.ts";
import { inMilliseconds, named } from "../frame/lines.ts";
import { inFreshProcess } from "../frame/processes.ts";
import { told } from "../frame/progress.ts";
import { race } from "../frame/rounds.ts";

export const memoryCase: Case = {
  name: "memory",
  async run(extent) {
    return [await moreOfTheRest(extent), await retained(extent)];
  },
};

/** The same denials among four times as many other rows. */
async function moreOfTheRest({ quick, rounds }: Extent): Promise<CaseResult> {
  const days = quick ? 1 : 3;
  const candidates = [1, 4].map((fold) => {
    const { path, bytes } = logOf(mixed(100, fold), { days });
    return {
      name: `${fold} ×`,
      does: `mfa-deny detect of ${Math.round(bytes / 1e6)} MB`,
      exact: true,
      turn: () => inFreshProcess("command", { path }),
    };
  });
  const { raced, mismatch } = await race(candidates, Math.min(3, rounds), told("memory"));
  const peak = (name: string) =>
    figureOf(named(raced, name).turns.map(({ peakBytes }) => peakBytes ?? NaN)).median;
  return {
    title: "peak memory, other rows 1 × and 4 ×",
    unit: "ms",
    lines: inMilliseconds(raced),
    goals: [
      {
        what: "peak at 4 × / at 1 ×",
        value: peak("4 ×") / peak("1 ×"),
        unit: " ×",
        better: "less",
        must: 1.25,
        goal: null,
      },
    ],
    mismatches: mismatch === null ? [] : [mismatch],
  };
}

/** The memory of a denial that is kept until all is read. */
async function retained({ quick }: Extent): Promise<CaseResult> {
  const { path } = logOf(denialsOnly, { bytes: quick ? 40_000_000 : 400_000_000 });
  const turn = await inFreshProcess("retained", { path }, { nodeArguments: ["--expose-gc"] });
  const { bytesEach = NaN, denials = NaN } = turn.more ?? {};
  return {
    title: `memory of ${denials.toLocaleString("en")} retained denials`,
    unit: "bytes each",
    lines: [
      {
        name: "ours",
        does: "heap and buffers after a collection, with the evidence and without",
        figure: figureOf([bytesEach]),
        peakBytes: turn.peakBytes ?? null,
      },
    ],
    goals: [
      {
        what: "bytes per retained denial",
        value: bytesEach,
        unit: " bytes",
        better: "less",
        must: 200,
        goal: 100,
      },
    ],
    mismatches: [],
  };
}
