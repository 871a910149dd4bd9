import { availableParallelism } from "node:os";
import { visible } from "../detection/signin/visible.ts";
import { findLogFiles, type LogFile } from "../logs/files/findLogFiles.ts";
import type { InputTally } from "../logs/files/inputTally.ts";
import { readRecords, type Entry, type ReadOptions } from "../logs/files/readRecords.ts";
import { StepJoin } from "../logs/files/records/stepJoin.ts";
import { stepsFirst } from "../logs/files/stepsFirst.ts";
import type { SignInLogsOptions } from "../logs/files/openWorkers.ts";
import { SignInLogs } from "../logs/files/signInLogs.ts";
import type { InputSeen } from "../run/inputSeen.ts";
import type { SignInFiles } from "../run/signInFiles.ts";
import type { Command, Given, Option, Output, Terminal } from "./command.ts";
import { commandHelp } from "./help.ts";
import { Progress } from "./progress.ts";
import { UsageError } from "./usageError.ts";
import { oneOf } from "./values.ts";

/** Threads that search large files, unless the user says otherwise. */
export const usualThreads = Math.min(8, availableParallelism());

/** Options of every command that reads logs. */
export const inputOptions = {
  dateOrder: {
    name: "date-order",
    value: "ORDER",
    help: "Order of CSV dates with slashes or dashes: dmy or mdy.",
  },
  strict: { name: "strict", help: "Stop at the first bad record, with exit code 2." },
  quiet: { name: "quiet", short: "q", help: "Only errors on standard error." },
  noProgress: { name: "no-progress", help: "No progress line." },
} as const satisfies Readonly<Record<string, Option>>;

/** Describes what a FILE of such a command can be. */
export const inputDetail =
  "FILE is a file, a folder or - for standard input, plain, gzip or zip: Log Analytics exports (one object per\nline, or an array), query answers, Event Hub and diagnostic-settings records, Microsoft Graph pages, and CSV\ndownloads from the portals with English headers. The format is detected from the content.";

export function readingOptions(given: Given): ReadOptions {
  const dateOrder = oneOf(given, "date-order", ["dmy", "mdy"]);
  return dateOrder === null ? {} : { dateOrder };
}

export function wantsContext(given: Given): boolean {
  return (oneOf(given, "context", ["on", "off"]) ?? "on") === "on";
}

/** @throws UsageError if there is nothing to read */
export async function findInput(
  command: Command,
  operands: readonly string[],
  { stderr }: Terminal,
): Promise<readonly LogFile[]> {
  if (operands.length === 0) {
    stderr.write(commandHelp(command));
    throw new UsageError(`${command.name} needs a FILE, a folder, or - for standard input`);
  }
  if (operands.some((operand) => operand.trim() === "")) {
    throw new UsageError("a FILE is blank; it must be a file, a folder, or -");
  }
  return findLogFiles(operands);
}

/** Names each file that was skipped. */
export function passedOverText({ passedOver }: InputSeen): string {
  return passedOver
    .map(({ path, what }) => `mfa-deny: ${visible(`${path} is ${what}`, Infinity)}: passed over\n`)
    .join("");
}

/** @param tally collects the kinds of the files */
export async function* readWithProgress(
  files: readonly LogFile[],
  reading: ReadOptions,
  given: Given,
  terminal: Terminal,
  tally: InputTally,
): AsyncGenerator<readonly Entry[]> {
  const { stderr, signal } = terminal;
  const progress = progressOf(files, given, stderr);
  const onBytes = (count: number) => progress.addBytes(count);
  const join = new StepJoin();
  const options = {
    ...reading,
    ...stdinOf(terminal),
    signal,
    onBytes,
    tally,
    join,
    withReading: true,
  };
  try {
    for await (const batch of readRecords(stepsFirst(files), options)) {
      progress.addRows(batch.length);
      tally.countEntries(batch);
      yield batch;
    }
    tally.missSteps(join.unmatched);
    tally.throwIfForeign();
  } finally {
    progress.clear();
  }
}

/** Reads the input of commands that only look for denials and what follows them. */
export function searchWithProgress(
  files: readonly LogFile[],
  options: Omit<SignInLogsOptions, "stdin" | "signal" | "onBytes" | "threadProgram">,
  given: Given,
  terminal: Terminal,
): SignInFiles & Pick<SignInLogs, "pending" | "resume" | "close"> {
  const { stderr, signal, threadProgram } = terminal;
  const progress = progressOf(files, given, stderr);
  const onBytes = (count: number) => progress.addBytes(count);
  const logs = new SignInLogs(files, {
    ...options,
    ...stdinOf(terminal),
    signal,
    onBytes,
    threadProgram: threadProgram ?? null,
  });
  return {
    async *read(how) {
      try {
        for await (const extract of logs.read(how)) {
          progress.addRows(extract.counts.rows);
          yield extract;
        }
      } finally {
        progress.clear();
      }
    },
    approvals: (accounts) => logs.approvals(accounts),
    related: (wanted) => logs.related(wanted),
    seen: () => logs.seen(),
    pending: (now) => logs.pending(now),
    resume: (pending, now) => logs.resume(pending, now),
    close: () => logs.close(),
  };
}

/** Absent if it is the process's own. */
function stdinOf({ stdin }: Pick<Terminal, "stdin">): Pick<Terminal, "stdin"> {
  return stdin === undefined ? {} : { stdin };
}

function progressOf(files: readonly LogFile[], given: Given, output: Output): Progress {
  const shown = given["no-progress"] === undefined && given["quiet"] === undefined;
  const sizes = files.map((file) => file.bytes ?? NaN);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  return new Progress(shown ? output : null, Number.isNaN(total) ? null : total);
}
