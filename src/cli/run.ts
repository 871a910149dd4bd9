import { visible } from "../detection/signin/visible.ts";
import { InputError } from "../logs/files/inputError.ts";
import { StateError } from "../state/disk/stateError.ts";
import { didYouMean } from "../settings/nearest.ts";
import { parseOptions } from "./args.ts";
import { exitCodes, type Terminal } from "./command.ts";
import { loadCommand } from "./commands.ts";
import { heads } from "./heads.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { ProblemsError } from "./problemsError.ts";
import { UsageError } from "./usageError.ts";

export { resetEngine } from "../logs/files/engine.ts";

/** The whole command line as a function: arguments in, text and exit code out. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    if (terminal.signal.aborted && error === terminal.signal.reason) {
      terminal.stderr.write("mfa-deny: interrupted; nothing was written\n");
      return exitCodes.interrupted;
    }
    for (const line of linesOf(error)) {
      terminal.stderr.write(`mfa-deny: ${line}\n`);
    }
    return exitCodes.unusable;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h" || name === "help") {
    terminal.stdout.write(generalHelp(Object.values(heads)));
    return exitCodes.done;
  }
  const command = await loadCommand(name);
  if (command === undefined) {
    terminal.stderr.write(generalHelp(Object.values(heads)));
    throw new UsageError(
      name === undefined
        ? "no command given"
        : `there is no command '${name}'${didYouMean(name, Object.keys(heads))}`,
    );
  }
  const { given, operands } = parseOptions(command, rest);
  if (given["help"] !== undefined) {
    terminal.stdout.write(commandHelp(command));
    return exitCodes.done;
  }
  return command.run(given, operands, terminal);
}

/** Returns one sentence for a known error, or one per problem. An unknown error is a bug and shows its stack. */
function linesOf(error: unknown): readonly string[] {
  if (error instanceof ProblemsError) {
    return error.problems.map((problem) => visible(problem, Infinity));
  }
  if (error instanceof UsageError || error instanceof InputError || error instanceof StateError) {
    // A file name is as untrusted as the text of a log.
    return [visible(error.message, Infinity)];
  }
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}
