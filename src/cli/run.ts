import { InputError } from "../files/inputError.ts";
import { StateError } from "../files/stateError.ts";
import { parseOptions } from "./args.ts";
import { exitCodes, type Command, type Option, type Terminal } from "./command.ts";
import { detect } from "./commands/detect.ts";
import { rules } from "./commands/rules.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { UsageError } from "./usageError.ts";

const commands: readonly Command[] = [detect, rules];

const helpOption: Option = { name: "help", short: "h", help: "Show this help." };

/** The whole command line as a function: arguments in, text and exit code out. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    if (terminal.signal.aborted) {
      terminal.stderr.write("mfa-deny: interrupted; nothing was written\n");
      return exitCodes.interrupted;
    }
    terminal.stderr.write(`mfa-deny: ${explain(error)}\n`);
    return exitCodes.unusable;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--version") {
    terminal.stdout.write(`${__VERSION__}\n`);
    return exitCodes.done;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    terminal.stdout.write(generalHelp(commands));
    return exitCodes.done;
  }
  const command = commands.find((each) => each.name === name);
  if (command === undefined) {
    terminal.stderr.write(generalHelp(commands));
    throw new UsageError(name === undefined ? "no command given" : `there is no command '${name}'`);
  }
  const withHelp = { ...command, options: [...command.options, helpOption] };
  const { given, operands } = parseOptions(withHelp, rest);
  if (given["help"] !== undefined) {
    terminal.stdout.write(commandHelp(withHelp));
    return exitCodes.done;
  }
  return command.run(given, operands, terminal);
}

/** Known errors are one sentence; an unknown one is a fault of ours and shows where. */
function explain(error: unknown): string {
  if (error instanceof UsageError || error instanceof InputError || error instanceof StateError) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
