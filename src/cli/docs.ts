import { presets } from "../detection/rules/presets.ts";
import { conditionOf } from "../detection/rules/ruleText.ts";
import { exitCodeWords, type Command, type Option } from "./command.ts";
import { optionUsage } from "./help.ts";

/** Returns the reference of the command line as Markdown, from the same declarations as the parser and `--help`. */
export function commandLineDocs(commands: readonly Command[]): string {
  return [
    "<!-- Written by scripts/make-docs.mjs from src/cli/; change it there. -->",
    "",
    "# The command line",
    "",
    "`npm run build` creates it: `node dist/cli.mjs`, or `mfa-deny` if the package is installed. It works on",
    "files and needs no Azure. `mfa-deny COMMAND --help` shows the same text as this page.",
    "",
    ...table(
      ["command", "does"],
      commands.map(({ name, summary }) => [`[\`${name}\`](#${name})`, summary]),
    ),
    "",
    ...table(
      ["exit code", "meaning"],
      exitCodeWords.map(([code, words]) => [String(code), words]),
    ),
    "",
    "Results go to standard output, everything else to standard error. Times are UTC and can be given as",
    "`2026-03-10` or `2026-03-10T09:00:00Z`.",
    "",
    "The first run of a command keeps the compiled code in `compiled/` beside the program, so that later runs start sooner.",
    "`NODE_DISABLE_COMPILE_CACHE=1` turns that off. Where the folder cannot be written, nothing is kept.",
    ...commands.flatMap(commandSection),
    "",
    "## Rules that ship",
    "",
    ...table(
      ["rule", "default", "fires on", "severity"],
      presets.map((rule) => [`\`${rule.id}\``, rule.mode, conditionOf(rule), rule.severity]),
    ),
    "",
  ].join("\n");
}

function commandSection({ name, operands, summary, options, details, examples }: Command) {
  return [
    "",
    `## ${name}`,
    "",
    summary,
    "",
    ...fenced("text", [`mfa-deny ${name} [OPTION…] ${operands}`.trimEnd()]),
    "",
    ...table(["option", "meaning"], options.map(optionRow)),
    ...details.flatMap((detail) => [
      "",
      ...(isProse(detail) ? [escape(detail)] : fenced("text", [detail])),
    ]),
    ...(examples.length === 0
      ? []
      : [
          "",
          ...fenced(
            "sh",
            examples.flatMap(({ line, says }) => [`# ${says}`, line]),
          ),
        ]),
  ];
}

function optionRow(option: Option): readonly string[] {
  // A bar ends a table cell, even within code.
  return [`\`${optionUsage(option).replaceAll("|", "\\|")}\``, option.help];
}

/** Lists keep their lines. */
function isProse(detail: string): boolean {
  return !/\n {2}/.test(detail);
}

function fenced(language: string, lines: readonly string[]): readonly string[] {
  return [`\`\`\`${language}`, ...lines, "```"];
}

/** Formats tables like prettier. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const lines = [head, ...rows].map((cells) => cells.map(escape));
  const widths = head.map((_, column) =>
    lines.reduce((widest, cells) => Math.max(widest, (cells[column] ?? "").length), 3),
  );
  const [first = "", ...rest] = lines.map(
    (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  return [first, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rest];
}

/** Escapes text that Markdown would take for markup, except in code. */
function escape(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/[*|<>]/g, "\\$&")))
    .join("");
}
