import { exitCodeWords, type Command, type CommandHead, type Option } from "./command.ts";

const width = 26;

export function commandHelp(command: Command): string {
  return [
    `mfa-deny ${command.name} ${command.operands}`.trimEnd(),
    "",
    command.summary,
    ...section("Options", command.options.map(optionLine)),
    ...command.details.flatMap((detail) => ["", detail]),
    ...section(
      "Examples",
      command.examples.flatMap((example) => [`  ${example.line}`, `    ${example.says}`]),
    ),
    "",
  ].join("\n");
}

export function generalHelp(commands: readonly CommandHead[]): string {
  return [
    "mfa-deny: finds users who keep refusing MFA prompts in Microsoft Entra sign-in logs.",
    ...section(
      "Commands",
      commands.map((command) => line(`${command.name} ${command.operands}`, command.summary)),
    ),
    ...section("Options", [
      line("-h, --help", "Show help; after a command, the help of that command."),
      line("--version", "Show the version."),
    ]),
    ...section(
      "Exit codes",
      exitCodeWords.map(([code, words]) => line(String(code), words)),
    ),
    "",
  ].join("\n");
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}

export function optionUsage({ name, short, value }: Option): string {
  return `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
}

function optionLine(option: Option): string {
  return line(optionUsage(option), option.help);
}

function line(left: string, right: string): string {
  return left.length < width
    ? `  ${left.padEnd(width)}${right}`
    : `  ${left}\n  ${" ".repeat(width)}${right}`;
}
