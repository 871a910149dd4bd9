import { visible } from "../../detection/signin/visible.ts";
import { InputTally } from "../../logs/files/inputTally.ts";

import type { Command } from "../command.ts";
import { heads } from "../heads.ts";
import { writeVerdict } from "../verdict/verdictLines.ts";
import { coverageLimits, coverageOptions, exitCodeOf } from "../verdict/verdictOptions.ts";
import { explainRecords, type Explained } from "../../run/explainRecords.ts";
import { toExplainReport, type ExplainReport } from "./explainReport.ts";
import { explainTable } from "./explainTable.ts";
import { NearNames } from "./nearNames.ts";
import {
  findInput,
  inputDetail,
  inputOptions,
  readingOptions,
  readWithProgress,
} from "../readInput.ts";
import { readOnce } from "../readOnce.ts";
import { terminalWidth } from "../text/look.ts";
import { wrapLines } from "../text/wrap.ts";
import { chooseRules, ruleOptions } from "../ruleOptions.ts";
import { moment, oneOf, wholeNumber } from "../values.ts";

const formats = ["table", "json"] as const;
const usualLimit = 200;
const largestLimit = 1_000_000;

const reporters = {
  table: (report, width) => wrapLines(explainTable(report), width),
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
} satisfies Record<(typeof formats)[number], (report: ExplainReport, width: number) => string>;

export const explain: Command = {
  ...heads.explain,
  options: [
    {
      name: "user",
      value: "NAME",
      repeatable: true,
      help: "A principal name or object id; may be repeated. Default: everybody.",
    },
    ...ruleOptions,
    { name: "as-of", value: "TIME", help: "Use only rows published (TimeGenerated) by then." },
    inputOptions.dateOrder,
    {
      name: "limit",
      value: "N",
      help: `Maximum number of rows, and of users, shown. Default: ${usualLimit}.`,
    },
    { name: "format", value: "FORMAT", help: `${formats.join(" or ")}. Default: table.` },
    inputOptions.strict,
    ...coverageOptions,
    { name: "exit-code", help: "Exit with 1 when the output shows findings." },
    inputOptions.quiet,
    inputOptions.noProgress,
  ],
  details: [
    "Shows every row of the named users; for all others, only rows that may be denials. Users with denials follow,\nclosest to a finding first. All rows are read and counted, whatever the limit. The state is not read.",
    inputDetail,
  ],
  examples: [
    {
      line: "mfa-deny explain --user keiko.nakamura@contoso.com examples/contoso-day.ndjson.gz",
      says: "Everything about one user.",
    },
    {
      line: "mfa-deny explain --rule mfa-deny-then-approve --limit 20 examples/contoso-day.ndjson.gz",
      says: "Who came close to a finding of another rule.",
    },
  ],
  async run(given, operands, terminal) {
    const format = oneOf(given, "format", formats) ?? "table";
    const limit = wholeNumber(given, "limit", 1, largestLimit) ?? usualLimit;
    const run = {
      ...coverageLimits(given),
      rules: await chooseRules(given, terminal.stderr),
      asOf: moment(given, "as-of"),
      users: given["user"]?.map((user) => user.trim().toLowerCase()) ?? null,
      limit,
    };
    const reading = readingOptions(given);
    const files = await findInput(explain, operands, terminal);
    const tally = new InputTally();
    const near = new NearNames();
    const seen = () => tally.seen();
    return readOnce(given, terminal, seen, async ({ ledger, onBad }) => {
      const explained = await explainRecords(
        readWithProgress(files, reading, given, terminal, tally),
        ledger,
        { ...run, onBad, seen, onName: (name) => near.add(name) },
      );
      terminal.signal.throwIfAborted();
      const report = toExplainReport(explained, limit);
      terminal.stdout.write(reporters[format](report, terminalWidth(terminal.stdout)));
      if (given["quiet"] === undefined) {
        terminal.stderr.write(suggestions(explained.unseen, near));
      }
      if (format !== "table") {
        writeVerdict(report.coverage, given, terminal);
      }
      return exitCodeOf(explained.coverage, hasFindings(explained), given);
    });
  },
};

function suggestions(unseen: readonly string[], near: NearNames): string {
  return unseen
    .map((user) => ({ user, names: near.suggest(user) }))
    .filter(({ names }) => names.length > 0)
    .map(({ user, names }) => `${user} is in no row; did you mean ${names.join(" or ")}?`)
    .map((line) => `mfa-deny: ${visible(line, 1_000)}\n`)
    .join("");
}

function hasFindings({ accounts }: Explained): boolean {
  return accounts.some(({ rules }) =>
    rules.some(({ streaks }) => streaks.some(({ missing }) => missing === null)),
  );
}
