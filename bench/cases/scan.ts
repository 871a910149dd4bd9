import { gzipped, denialsOnly, logOf, mixed, type Log } from "../data/logs.ts";
import type { Case, CaseResult, Extent } from "../frame/case.ts";
import type { Goal } from "../frame/figures.ts";
import { inMegabytesPerSecond, speedGoal } from "../frame/lines.ts";
import { inFreshProcess, shell } from "../frame/processes.ts";
import { told } from "../frame/progress.ts";
import { race, type Candidate, type Raced } from "../frame/rounds.ts";

const gigabyte = 1_000_000_000;
const megabyte = 1_000_000;

type Maker = (log: Log) => Candidate;

const plain: Maker = ({ path }) => ({
  name: "plain",
  does: "Node: readline, JSON.parse of every line, candidates and approvals judged",
  exact: true,
  turn: () => inFreshProcess("plain", { path }),
});
const reader: Maker = ({ path }) => ({
  name: "our plain reader",
  does: "any format; parses and classifies every row",
  exact: true,
  turn: () => inFreshProcess("reader", { path }),
});
const scan =
  (threads: number): Maker =>
  ({ path }) => ({
    name: threads === 1 ? "our scan, 1 thread" : `our scan, ${threads} threads`,
    does: "mfa-deny detect FILE, whole",
    exact: true,
    turn: () => inFreshProcess("command", { path, threads }),
  });
const duckDb: Maker = ({ path }) => ({
  name: "DuckDB, 2 threads",
  does: "read_json of the columns that the detector reads; candidates, and approvals of their users, judged",
  exact: true,
  turn: () => inFreshProcess("duckdb", { path, threads: 2 }),
});
const nodeRead: Maker = ({ path }) => ({
  name: "reading by Node",
  does: "readSync into one buffer of 1 MiB; looks at nothing",
  exact: false,
  turn: () => inFreshProcess("read", { path }),
});
const line = (name: string, text: (path: string) => string): Maker => {
  return ({ path }) => ({
    name,
    does: "for comparison",
    exact: false,
    turn: () => shell(text(path)),
  });
};
const cat = line("cat", (path) => `cat ${path} > /dev/null`);
const wc = line("wc -l", (path) => `wc -l ${path}`);
const zcat = line("zcat | wc -l", (path) => `zcat ${path} | wc -l`);

async function compare(
  title: string,
  log: Log,
  makers: readonly Maker[],
  rounds: number,
  goalsOf: (raced: readonly Raced[]) => readonly Goal[],
): Promise<CaseResult> {
  await shell(`cat ${log.path} > /dev/null`);
  const candidates = makers.map((make) => make(log));
  const { raced, mismatch } = await race(candidates, rounds, told(title));
  return {
    title: `${title}, ${Math.round(log.plainBytes / 1e6).toLocaleString("en")} MB`,
    unit: "MB/s",
    lines: inMegabytesPerSecond(raced, log.plainBytes),
    goals: goalsOf(raced),
    mismatches: mismatch === null ? [] : [mismatch],
  };
}

const one = "our scan, 1 thread";
const two = "our scan, 2 threads";

/** One row in a hundred is a candidate, in a log so large that the start-up time is negligible. */
export const scanCase: Case = {
  name: "scan",
  async run({ quick, rounds }) {
    const log = logOf(mixed(100), { bytes: quick ? 100 * megabyte : 8.4 * gigabyte });
    const all = [plain, reader, scan(1), scan(2), duckDb, nodeRead, cat, wc];
    return [
      await compare("scan, 1 % candidates", log, all, rounds, (raced) => [
        speedGoal(raced, [one, "plain"], 12, 17),
        speedGoal(raced, [one, "DuckDB, 2 threads"], 1.8, 2.5),
        speedGoal(raced, [two, "plain"], 16, 22),
        speedGoal(raced, [two, "DuckDB, 2 threads"], 2.5, 3.5),
        speedGoal(raced, [two, "reading by Node"], 0, 0.5),
      ]),
    ];
  },
};

export const tenPercentCase: Case = {
  name: "ten-percent",
  run: (extent) => againstDuckDb("10 % candidates", mixed(10), extent, [1.5, 2]),
};

export const denialsCase: Case = {
  name: "denials",
  run: (extent) => againstDuckDb("every row a denial", denialsOnly, extent, [0.7, 1]),
};

async function againstDuckDb(
  title: string,
  mix: Parameters<typeof logOf>[0],
  { quick, rounds }: Extent,
  [must, goal]: readonly [number, number],
): Promise<readonly CaseResult[]> {
  const log = logOf(mix, { bytes: quick ? 40 * megabyte : 1.1 * gigabyte });
  const makers = [plain, scan(1), scan(2), duckDb];
  return [
    await compare(title, log, makers, rounds, (raced) => [
      speedGoal(raced, [two, "DuckDB, 2 threads"], must, goal),
    ]),
  ];
}

export const gzipCase: Case = {
  name: "gzip",
  async run({ quick, rounds }) {
    const log = gzipped(logOf(mixed(100), { bytes: (quick ? 100 : 500) * megabyte }));
    const makers = [plain, reader, scan(2), zcat];
    return [
      await compare("gzip", log, makers, rounds, (raced) => [
        speedGoal(raced, [two, "zcat | wc -l"], 0.8, 1),
      ]),
    ];
  },
};
