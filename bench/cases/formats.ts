import { spawnSync } from "node:child_process";
import { converted, gzipped, logOf, mixed, type Log } from "../data/logs.ts";
import type { Case, CaseResult } from "../frame/case.ts";
import type { Goal } from "../frame/figures.ts";
import { inMegabytesPerSecond, speedGoal } from "../frame/lines.ts";
import { inFreshProcess, shell } from "../frame/processes.ts";
import { told } from "../frame/progress.ts";
import { race, type Candidate, type Raced } from "../frame/rounds.ts";

const megabyte = 1_000_000;

const ours = "mfa-deny";
const plain = "plain";
const duckDb = "DuckDB, 2 threads";
const jq = "jq";

type Maker = (log: Log) => Candidate;

const whole = { wholeProcess: true };
const command: Maker = ({ path }) => ({
  name: ours,
  does: "node dist/cli.mjs detect FILE --format json",
  exact: false,
  turn: () => shell(`node dist/cli.mjs detect ${path} --format json --quiet > /dev/null`),
});
const plainReading: Maker = ({ path }) => ({
  name: plain,
  does: "readline, JSON.parse of every line; no context",
  exact: false,
  turn: () => inFreshProcess("plain", { path }, whole),
});
const database: Maker = ({ path }) => ({
  name: duckDb,
  does: "the same columns, candidates and approvals judged; no context",
  exact: false,
  turn: () => inFreshProcess("duckdb", { path, threads: 2 }, whole),
});
const filter: Maker = ({ path }) => ({
  name: jq,
  does: "selects ResultType 500121; judges nothing",
  exact: false,
  turn: () => shell(`jq -c 'select(.ResultType == "500121")' ${path} > /dev/null`),
});

interface Format {
  readonly name: string;
  readonly of: (log: Log) => Promise<Log> | Log;
  readonly peers: readonly Maker[];
  readonly goalsOf: (raced: readonly Raced[]) => readonly Goal[];
}

const inDuckDb = (format: "csv" | "parquet") => (log: Log) =>
  converted(log, format, (to) => inFreshProcess("convert", { path: log.path, to }));

const formats: readonly Format[] = [
  {
    name: "NDJSON",
    of: (log) => log,
    peers: [plainReading, database, ...(hasJq() ? [filter] : [])],
    goalsOf: () => [],
  },
  {
    name: "gzip",
    of: gzipped,
    peers: [plainReading],
    goalsOf: () => [],
  },
  {
    name: "CSV",
    of: inDuckDb("csv"),
    peers: [database],
    goalsOf: (raced) => [speedGoal(raced, [ours, duckDb], 0.5, 1)],
  },
  {
    name: "Parquet",
    of: inDuckDb("parquet"),
    peers: [database],
    goalsOf: (raced) => [speedGoal(raced, [ours, duckDb], 0.2, 0.5)],
  },
];

/** One in this many rows is a candidate. */
const shares = [
  { every: 1_000, name: "0.1 %" },
  { every: 62, name: "1.6 %" },
  { every: 10, name: "10 %" },
  { every: 1, name: "100 %" },
];

function hasJq(): boolean {
  return spawnSync("jq", ["--version"]).status === 0;
}

/** Each format with few and with many candidates; the whole process, context looked up. */
export const formatsCase: Case = {
  name: "formats",
  async run({ quick, rounds }) {
    const results: CaseResult[] = [];
    const bytes = (quick ? 10 : 100) * megabyte;
    for (const share of quick ? shares.slice(2, 3) : shares) {
      const log = logOf(mixed(share.every), { bytes });
      for (const { name, of, peers, goalsOf } of formats) {
        const file = await of(log);
        await shell(`cat ${file.path} > /dev/null`);
        const title = `${name}, ${bytes / megabyte} MB of text, ${share.name} candidates`;
        const candidates = [command, ...peers].map((make) => make(file));
        const { raced } = await race(candidates, rounds, told(title));
        results.push({
          title,
          unit: "MB/s of text",
          lines: inMegabytesPerSecond(raced, file.plainBytes),
          goals: goalsOf(raced),
          mismatches: [],
        });
      }
    }
    return results;
  },
};
