import { parseArgs, type ParseArgsConfig } from "node:util";
import { didYouMean } from "../settings/nearest.ts";
import type { Command, Given, Option } from "./command.ts";
import { UsageError } from "./usageError.ts";

export interface Parsed {
  readonly given: Given;
  readonly operands: readonly string[];
}

/**
 * @throws UsageError for an unknown option, and for one that lacks its value, is blank or is given twice
 */
export function parseOptions(command: Command, args: readonly string[]): Parsed {
  const { values, positionals } = parse(command, args);
  const given: Record<string, readonly string[]> = {};
  for (const option of command.options) {
    const value = values[option.name];
    const all = (Array.isArray(value) ? value : [value])
      .filter((each) => each !== undefined)
      .map(String);
    if (all.length > 1 && option.repeatable !== true) {
      throw new UsageError(`--${option.name} is given ${all.length} times; once is enough`);
    }
    if (all.some((each) => each.trim() === "")) {
      throw new UsageError(`--${option.name} is blank; it must be ${option.value}`);
    }
    if (all.length > 0) {
      given[option.name] = all;
    }
  }
  return { given, operands: positionals };
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: Object.fromEntries(command.options.map(configure)),
      allowPositionals: true,
      strict: true,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split(/\.\s/)[0] ?? "") : String(cause);
    const [, unknown] = /^Unknown option '--([^']*)'/.exec(reason) ?? [];
    const meant = didYouMean(
      unknown,
      command.options.map(({ name }) => name),
    ).replace("mean ", "mean --");
    throw new UsageError(`${reason}${meant} (see: mfa-deny ${command.name} --help)`, { cause });
  }
}

function configure({
  name,
  short,
  value,
}: Option): [string, NonNullable<ParseArgsConfig["options"]>[string]] {
  const type = value === undefined ? ("boolean" as const) : ("string" as const);
  return [name, { type, multiple: true, ...(short === undefined ? {} : { short }) }];
}

/** Returns the value of an option that may be given once. */
export function valueOf(given: Given, name: string): string | null {
  return given[name]?.[0] ?? null;
}
