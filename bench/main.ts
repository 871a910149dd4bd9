import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cases } from "./cases/cases.ts";
import type { Case, CaseResult, Extent } from "./frame/case.ts";
import { verdictOf } from "./frame/figures.ts";
import { machineFacts } from "./frame/machine.ts";
import { markdownOf } from "./frame/markdown.ts";
import { tell } from "./frame/progress.ts";
import { tableOf } from "./frame/table.ts";

const help = `npm run bench [-- [--quick] [--rounds N] [--json FILE] [--markdown FILE] [CASE…]]
  --quick      small data and few rounds: under two minutes, and only roughly right
  --rounds N   turns of each candidate (7; 2 with --quick)
  --json FILE  the figures of every turn as well
  --markdown FILE  the table of goals as the README has it
  --clean      removes the generated data
  CASE         ${cases.map(({ name }) => name).join(", ")}
               all but ${namesOf(({ onDemand }) => onDemand === true)} where none is named
Data is kept in BENCH_DATA, or a folder of the system's temporary one.
`;

/** @returns the exit code: 1 if candidates that should find the same do not */
export async function runBench(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      json: { type: "string" },
      markdown: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 7));
  const results = await runCases(chosen(positionals), { quick: values.quick, rounds });
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify(reportOf(results), null, 2)}\n`);
  }
  if (values.markdown !== undefined) {
    writeFileSync(values.markdown, markdownOf(results));
  }
  return results.some(({ mismatches }) => mismatches.length > 0) ? 1 : 0;
}

function chosen(names: readonly string[]): readonly Case[] {
  const unknown = names.filter((name) => !cases.some((each) => each.name === name));
  if (unknown.length > 0) {
    throw new Error(`there is no case ${unknown.join(", ")}\n${help}`);
  }
  return names.length === 0
    ? cases.filter(({ onDemand }) => onDemand !== true)
    : cases.filter(({ name }) => names.includes(name));
}

async function runCases(wanted: readonly Case[], extent: Extent): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const { name, run } of wanted) {
    tell(`case ${name}`);
    for (const result of await run(extent)) {
      process.stdout.write(`${tableOf(result)}\n`);
      results.push(result);
    }
  }
  return results;
}

function reportOf(results: readonly CaseResult[]) {
  const judged = results.map((result) => ({
    ...result,
    goals: result.goals.map((goal) => ({ ...goal, verdict: verdictOf(goal) })),
  }));
  return { machine: machineFacts(), results: judged };
}

function namesOf(isMeant: (each: Case) => boolean): string {
  return cases
    .filter(isMeant)
    .map(({ name }) => name)
    .join(", ");
}
