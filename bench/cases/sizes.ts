import { logOf, mixed, type Log } from "../data/logs.ts";
import type { Case, CaseResult } from "../frame/case.ts";
import type { Goal } from "../frame/figures.ts";
import { inMilliseconds, named, speedGoal } from "../frame/lines.ts";
import { inFreshProcess, shell } from "../frame/processes.ts";
import { told } from "../frame/progress.ts";
import { race, type Candidate, type Raced } from "../frame/rounds.ts";

const megabyte = 1_000_000;

const ours = "mfa-deny";
const plain = "plain";
const duckDb = "DuckDB, 2 threads";
const empty = "empty node";

/** Whole processes, from their start to their end, with the context of findings looked up, as people run it. */
function candidatesFor({ path }: Log): readonly Candidate[] {
  const whole = { wholeProcess: true };
  return [
    {
      name: ours,
      does: "node dist/cli.mjs detect FILE --format json",
      exact: false,
      turn: () => shell(`node dist/cli.mjs detect ${path} --format json --quiet > /dev/null`),
    },
    {
      name: plain,
      does: "readline, JSON.parse of every line; no context",
      exact: false,
      turn: () => inFreshProcess("plain", { path }, whole),
    },
    {
      name: duckDb,
      does: "read_json of the same columns; no context",
      exact: false,
      turn: () => inFreshProcess("duckdb", { path, threads: 2 }, whole),
    },
    { name: empty, does: "node -e 0", exact: false, turn: () => shell("node -e 0") },
  ];
}

/** How many times longer ours takes than an empty Node. */
function startGoal(raced: readonly Raced[], must: number, goal: number): Goal {
  const value = named(raced, ours).ms.median / named(raced, empty).ms.median;
  return { what: `${ours} / ${empty}`, value, unit: " ×", better: "less", must, goal };
}

const sizes: readonly {
  readonly bytes: number;
  /** One in this many rows is a candidate. The smallest log has more, because it would have no finding otherwise. */
  readonly every: number;
  readonly goalsOf: (raced: readonly Raced[]) => readonly Goal[];
}[] = [
  { bytes: 10 * megabyte, every: 10, goalsOf: (raced) => [startGoal(raced, 2.5, 2)] },
  {
    bytes: 100 * megabyte,
    every: 62,
    goalsOf: (raced) => [startGoal(raced, 2.5, 2), speedGoal(raced, [ours, duckDb], 2, 3)],
  },
  {
    bytes: 1_000 * megabyte,
    every: 62,
    goalsOf: (raced) => [
      speedGoal(raced, [ours, plain], 12, 15),
      speedGoal(raced, [ours, duckDb], 2.2, 3),
    ],
  },
];

/** The sizes that people have, from a day's download to a month of a large tenant; 1.6 % are candidates. */
export const sizesCase: Case = {
  name: "sizes",
  async run({ quick, rounds }) {
    const results: CaseResult[] = [];
    for (const { bytes, every, goalsOf } of sizes.slice(0, quick ? 2 : sizes.length)) {
      const log = logOf(mixed(every), { bytes });
      await shell(`cat ${log.path} > /dev/null`);
      const title = `whole processes, ${bytes / megabyte} MB`;
      const { raced } = await race(candidatesFor(log), rounds, told(title));
      results.push({
        title,
        unit: "ms",
        lines: inMilliseconds(raced),
        goals: goalsOf(raced),
        mismatches: [],
      });
    }
    const help = ["--version", "--help"].map((option) => ({
      name: `mfa-deny ${option}`,
      does: "prints it",
      exact: false,
      turn: () => shell(`node dist/cli.mjs ${option}`),
    }));
    const nothing = {
      name: empty,
      does: "node -e 0",
      exact: false,
      turn: () => shell("node -e 0"),
    };
    const { raced } = await race([...help, nothing], rounds * 3);
    results.push({
      title: "start of the command line",
      unit: "ms",
      lines: inMilliseconds(raced),
      goals: help.map(({ name }) => ({
        what: `${name} / ${empty}`,
        value: named(raced, name).ms.median / named(raced, empty).ms.median,
        unit: " ×",
        better: "less" as const,
        must: 1.5,
        goal: 1.25,
      })),
      mismatches: [],
    });
    return results;
  },
};
