import { styleText } from "node:util";
import { valueOf } from "../args.ts";
import type { Given, Option, Output, Terminal } from "../command.ts";
import { oneOf, wholeNumber } from "../values.ts";
import { timeTexts, timeWords, type TimeText } from "./timeText.ts";

const leastWidth = 40;
const mostWidth = 1_000;

const whenColoured = ["auto", "always", "never"] as const;

/** Options of every command with text for people. */
export const lookOptions: readonly Option[] = [
  {
    name: "times",
    value: "HOW",
    help: "Times in tables: utc, local (of this machine) or relative (to now). Default: utc.",
  },
  {
    name: "verbose",
    short: "v",
    help: "Show rules, applications, ids and what became of all rows.",
  },
  {
    name: "color",
    value: "WHEN",
    help: "auto, always or never; auto obeys NO_COLOR and is off without a terminal. Default: auto.",
  },
  {
    name: "width",
    value: "COLUMNS",
    help: "Maximum width of a table in columns. Default: the terminal's; without one, no limit.",
  },
];

/** The things that have a colour. */
const styles = {
  alarm: ["bold", "red"],
  warning: "yellow",
  calm: "green",
  faint: "dim",
} as const;

type Style = keyof typeof styles;

/** How text for people is laid out. */
export interface Look {
  /** Columns of a line; Infinity: no limit. */
  readonly width: number;
  readonly verbose: boolean;
  readonly time: TimeText;
  paint(style: Style, text: string): string;
}

export function readLook(given: Given, { stdout, env = {}, now = Date.now }: Terminal): Look {
  const width = wholeNumber(given, "width", leastWidth, mostWidth);
  const times = oneOf(given, "times", timeWords) ?? "utc";
  const isColoured = wantsColour(given, env, stdout.isTTY === true);
  return {
    width: width ?? terminalWidth(stdout),
    verbose: valueOf(given, "verbose") !== null,
    time: timeTexts[times](now()),
    // Node's own check asks the stream of the process, which tests do not have.
    paint: (style, text) =>
      isColoured ? styleText([styles[style]].flat(), text, { validateStream: false }) : text,
  };
}

/** Returns the columns of a terminal; Infinity for a file or a pipe. */
export function terminalWidth({ isTTY, columns }: Output): number {
  return isTTY === true ? Math.max(leastWidth, columns ?? 80) : Infinity;
}

/** See https://no-color.org. Our own option takes precedence, and an empty variable counts as absent. */
function wantsColour(
  given: Given,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  const when = oneOf(given, "color", whenColoured) ?? "auto";
  if (when !== "auto") {
    return when === "always";
  }
  const isOff = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return isTerminal && !isOff;
}
