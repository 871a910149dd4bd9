import type { Rule } from "../../detection/rules/rule.ts";
import type { Entry } from "../../logs/files/entry.ts";
import { InputTally } from "../../logs/files/inputTally.ts";
import { wholly } from "../../run/extract.ts";
import { judgeRuleSets } from "../../run/judgeRuleSets.ts";
import { MemoryStore } from "../../state/memoryStore.ts";
import { valueOf } from "../args.ts";
import { exitCodes, type Command, type Given, type Output, type Terminal } from "../command.ts";
import { heads } from "../heads.ts";
import {
  findInput,
  inputDetail,
  inputOptions,
  readingOptions,
  readWithProgress,
} from "../readInput.ts";
import { readOnce } from "../readOnce.ts";
import { didYouMean } from "../../settings/nearest.ts";
import { chooseRules, ruleOptions } from "../ruleOptions.ts";
import { readRulesFile } from "../rulesFile.ts";
import { terminalWidth } from "../text/look.ts";
import { UsageError } from "../usageError.ts";
import { moment, oneOf } from "../values.ts";
import { toCoverageReport } from "../verdict/coverageReport.ts";
import { writeVerdict } from "../verdict/verdictLines.ts";
import { coverageLimits, coverageOptions, exitCodeOf } from "../verdict/verdictOptions.ts";
import { againstPeers } from "./againstPeers.ts";
import { compareText, modelNote } from "./compareText.ts";
import type { Peer } from "./peers/peer.ts";
import { readPeerRow, type PeerRow } from "./peers/peerRow.ts";
import { peers } from "./peers/peers.ts";
import { ruleChanges } from "./ruleChanges.ts";

const formats = ["table", "json"] as const;

/** What `compare --format json` prints. */
export type CompareOutput = Awaited<ReturnType<typeof compareFiles>>;

export const compare: Command = {
  ...heads.compare,
  options: [
    { name: "before", value: "FILE", help: "The rules as they are now." },
    { name: "after", value: "FILE", help: "The rules to compare with those of --before." },
    {
      name: "peer",
      value: "ID",
      repeatable: true,
      help: "A public rule (see below); may be repeated. Default: all, unless --before is given.",
    },
    ...ruleOptions,
    { name: "format", value: "FORMAT", help: `${formats.join(" or ")}. Default: table.` },
    { name: "as-of", value: "TIME", help: "Use only rows published (TimeGenerated) by then." },
    inputOptions.dateOrder,
    inputOptions.strict,
    ...coverageOptions,
    { name: "exit-code", help: "Exit with 1 when --after loses a finding of --before." },
    inputOptions.quiet,
    inputOptions.noProgress,
  ],
  details: [
    inputDetail,
    "With --before and --after: shows which findings are won, lost, merged or split, and which move (another start,\ntrigger, count, severity or rule). Origins are not looked up.",
    `Public rules:\n${peers.map(({ id, name }) => `  ${id.padEnd(24)}${name}`).join("\n")}`,
    `${modelNote}\ndocs/tuning.md has the source and version of each, and what is left out.`,
  ],
  examples: [
    {
      line: "mfa-deny compare --rule explicit-mfa-deny examples/contoso-day.ndjson.gz",
      says: "For each burst: which public rule catches it, and why others miss it.",
    },
    {
      line: "mfa-deny compare --before examples/rules.json --after examples/rules.json examples/contoso-day.ndjson.gz",
      says: "What a change to the rules wins and loses.",
    },
  ],
  async run(given, operands, terminal) {
    const format = oneOf(given, "format", formats) ?? "table";
    const output = await compareFiles(given, operands, terminal);
    terminal.stdout.write(
      format === "json"
        ? `${JSON.stringify(output, null, 2)}\n`
        : compareText(output, terminalWidth(terminal.stdout)),
    );
    writeVerdict(output.coverage, given, terminal);
    const losesSome = output.changes?.some(({ kind }) => kind === "lost") === true;
    return given["exit-code"] !== undefined && losesSome
      ? exitCodes.findings
      : exitCodeOf(output.coverage, false, given);
  },
};

/** @throws UsageError if only one of the two files is given */
async function readSets(
  given: Given,
  stderr: Output,
): Promise<readonly (readonly Rule[])[] | null> {
  const before = valueOf(given, "before");
  const after = valueOf(given, "after");
  if (before === null && after === null) {
    return null;
  }
  if (before === null || after === null) {
    throw new UsageError("--before and --after need each other");
  }
  return [await readRulesFile(before, stderr), await readRulesFile(after, stderr)];
}

/** Returns null if no public rules are to be compared. */
function choosePeers(given: Given): readonly Peer[] | null {
  const ids = given["peer"];
  if (ids === undefined) {
    return given["before"] === undefined ? peers : null;
  }
  const known = peers.map((each) => each.id);
  return ids.map((id) => {
    const peer = peers.find((each) => each.id === id);
    if (peer === undefined) {
      throw new UsageError(
        `--peer is '${id}'; it must be one of ${known.join(", ")}${didYouMean(id, known)}`,
      );
    }
    return peer;
  });
}

async function compareFiles(given: Given, operands: readonly string[], terminal: Terminal) {
  const sets = await readSets(given, terminal.stderr);
  const chosen = choosePeers(given);
  const rules = await chooseRules(given, terminal.stderr);
  const files = await findInput(compare, operands, terminal);
  const tally = new InputTally();
  const seen = () => tally.seen();
  const rows: PeerRow[] = [];
  const entries = readWithProgress(files, readingOptions(given), given, terminal, tally);
  const asOf = moment(given, "as-of");
  return readOnce(given, terminal, seen, async ({ ledger, onBad }) => {
    const { coverage, findings } = await judgeRuleSets(
      { ...wholly(chosen === null ? entries : keepRows(entries, rows, asOf)), seen },
      { store: new MemoryStore(), ledger },
      { sets: [...(sets ?? []), rules], asOf, onBad, ...coverageLimits(given) },
    );
    const [before = [], after = []] = findings;
    return {
      schemaVersion: 1,
      coverage: toCoverageReport(coverage),
      changes: sets === null ? null : ruleChanges(before, after),
      note: chosen === null ? null : modelNote,
      againstPeers: chosen === null ? null : againstPeers(findings.at(-1) ?? [], rows, chosen),
    };
  });
}

/** Passes everything on, and keeps the rows that public rules look at. */
async function* keepRows(
  entries: AsyncIterable<readonly Entry[]>,
  rows: PeerRow[],
  asOf: number | null,
): AsyncGenerator<readonly Entry[]> {
  for await (const batch of entries) {
    for (const entry of batch) {
      const row = entry.kind === "record" ? readPeerRow(entry.record) : null;
      if (row !== null && row.publishedAt <= (asOf ?? Infinity)) {
        rows.push(row);
      }
    }
    yield batch;
  }
}
