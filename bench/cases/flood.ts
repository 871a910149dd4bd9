import { floodLog } from "../data/flood.ts";
import type { Case } from "../frame/case.ts";
import { inMilliseconds, named } from "../frame/lines.ts";
import { shell } from "../frame/processes.ts";
import { told } from "../frame/progress.ts";
import { race } from "../frame/rounds.ts";

const ours = "mfa-deny";

/** Every row is a denial, and most are a finding of their own. Context is looked up, as people run it. */
export const floodCase: Case = {
  name: "flood",
  async run({ quick, rounds }) {
    const bursts = quick ? 8_000 : 100_000;
    const log = floodLog({ bytes: bursts * 5_000, bursts, users: bursts / 50, days: 30 });
    await shell(`cat ${log.path} > /dev/null`);
    const title = `a flood, ${bursts.toLocaleString("en")} findings`;
    const command = `node dist/cli.mjs detect ${log.path} --format json --threshold 1 --quiet`;
    const candidate = {
      name: ours,
      does: "mfa-deny detect FILE --format json --threshold 1, whole process",
      exact: false,
      turn: () => shell(`${command} > /dev/null`),
    };
    const { raced } = await race([candidate], rounds, told(title));
    const seconds = named(raced, ours).ms.median / 1_000;
    return [
      {
        title: `${title}, ${Math.round(log.bytes / 1e6)} MB`,
        unit: "ms",
        lines: inMilliseconds(raced),
        // A small flood spends much of its time on the start.
        goals: quick
          ? []
          : [{ what: ours, value: seconds, unit: " s", better: "less", must: 8, goal: 5 }],
        mismatches: [],
      },
    ];
  },
};
