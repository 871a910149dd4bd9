import type { Case } from "../frame/case.ts";
import { inMilliseconds, named, timeGoal } from "../frame/lines.ts";
import { figureOf } from "../frame/figures.ts";
import { inFreshProcess } from "../frame/processes.ts";
import { told } from "../frame/progress.ts";
import { race, type Candidate } from "../frame/rounds.ts";

const day = 86_400_000;

function candidate(name: string, does: string, module: string, denials: number): Candidate {
  const rule = { windowMs: 15 * 60_000, threshold: 5 };
  const task = { denials, users: denials / 100, spanMs: 90 * day, order: "ascending", ...rule };
  return {
    name,
    does,
    exact: false,
    turn: () => inFreshProcess(module, task, { nodeArguments: ["--max-old-space-size=8192"] }),
  };
}

/** All 360 settings of `mfa-deny tune` against one `detect`, over the same denials in memory. */
export const tuneCase: Case = {
  name: "tune",
  async run({ quick, rounds }) {
    const denials = quick ? 1_000_000 : 10_000_000;
    const { raced } = await race(
      [
        candidate("detect", "one setting", "windowing", denials),
        candidate("a tenth", "360 settings of a tenth of the denials", "tuning", denials / 10),
        candidate("tune", "360 settings", "tuning", denials),
      ],
      Math.min(3, rounds),
      told("tune"),
    );
    const [detect, tenth, tune] = ["detect", "a tenth", "tune"].map((name) => named(raced, name));
    const peaks = tune?.turns.map(({ peakBytes }) => (peakBytes ?? NaN) / denials) ?? [];
    const pair = (...of: readonly (typeof detect)[]) => of.flatMap((each) => each ?? []);
    return [
      {
        title: `tune, ${denials.toLocaleString("en")} denials of ${(denials / 100).toLocaleString("en")} users`,
        unit: "ms",
        lines: inMilliseconds(raced),
        goals: [
          timeGoal("time of tune / detect", pair(detect, tune), 20),
          timeGoal("time of 10 × the denials", pair(tenth, tune), 11),
          {
            what: "peak of the process per denial",
            value: figureOf(peaks).median,
            unit: " bytes",
            better: "less",
            must: 400,
            goal: null,
          },
        ],
        mismatches: [],
      },
    ];
  },
};
