import { visible } from "../../detection/signin/visible.ts";
import { formatTable } from "../text/formatTable.ts";
import { wrapLines } from "../text/wrap.ts";
import { coverageLines } from "../verdict/verdictLines.ts";
import type { TuneOutput } from "./tuneReport.ts";

type Cell = TuneOutput["cells"][number];

/** Returns text for people: the weekly findings of every setting, then what is in use and what to choose. */
export function tuneTable(output: TuneOutput, width: number): string {
  const { cells, coverage } = output;
  const kinds = [...new Set(cells.map(({ kind }) => kind))];
  return [
    wrapLines(`${headLine(output)}\n`, width),
    ...kinds.flatMap((kind) =>
      grids(
        kind,
        cells.filter((cell) => cell.kind === kind),
        width,
      ),
    ),
    ...[...adviceLines(output), coverageLines(coverage, true)].map((text) =>
      wrapLines(text, width),
    ),
  ].join("\n");
}

/** Says what was counted. */
export function headLine({ denials, users, span, rule }: TuneOutput): string {
  const when = span === null ? "" : `, ${span.from.slice(0, 10)} to ${span.to.slice(0, 10)}`;
  return `${denials} denials of ${users} users${when}. Findings a week of ${rule}, on average:`;
}

/** Says what is in use, what to choose, and what to exclude. */
export function adviceLines(output: TuneOutput): readonly string[] {
  return [
    currentLine(output),
    choiceLines(output),
    ...output.hiddenByExclusions.map(hiddenLines),
    ...output.exceptions.map(exceptionLine),
  ];
}

function exceptionLine(exception: TuneOutput["exceptions"][number]): string {
  const { until, closed, ...what } = exception;
  const said = Object.entries(what).map(([kind, value]) => `${kind} ${visible(value)}`);
  return `Worth an exception until ${until}: ${said.join()}, closed as no attack ${closed} times.\n`;
}

/** Widths of the windows' names, and of a number with its gap. */
const columns = { first: 10, number: 6 };

/** Returns one grid, or several that fit the terminal, each with some of the thresholds. */
function grids(kind: string, cells: readonly Cell[], width: number): readonly string[] {
  const thresholds = [...new Set(cells.map(({ threshold }) => threshold))];
  const fitting = Math.floor((width - columns.first) / columns.number);
  const most = Math.max(1, Math.min(thresholds.length, fitting));
  const parts = Math.ceil(thresholds.length / most);
  return Array.from({ length: parts }, (_, part) => {
    const shown = thresholds.slice(part * most, (part + 1) * most);
    return grid(
      kind,
      cells.filter(({ threshold }) => shown.includes(threshold)),
    );
  });
}

function grid(kind: string, cells: readonly Cell[]): string {
  const windows = [...new Set(cells.map(({ window }) => window))];
  const thresholds = [...new Set(cells.map(({ threshold }) => threshold))];
  const rows = windows.map((window) => [
    window,
    ...thresholds.map((threshold) => {
      const found = cells.find((cell) => cell.window === window && cell.threshold === threshold);
      return found === undefined ? "" : weekly(found.perWeek);
    }),
  ]);
  return formatTable([kind, ...thresholds.map(String)], rows);
}

/** Formats a number with at most three digits. */
function weekly(perWeek: number): string {
  return perWeek === 0 ? "-" : perWeek >= 10 ? String(Math.round(perWeek)) : perWeek.toFixed(1);
}

function currentLine({ current }: TuneOutput): string {
  const { findings, users, perWeek, worstWeek } = current;
  return `In use: ${findings} findings on ${users} users, ${weekly(perWeek)} a week, ${worstWeek} in the worst${scoreText(current)}.\n`;
}

function choiceLines({ maxPerWeek, chosen }: TuneOutput): string {
  if (maxPerWeek === null) {
    return "--max-per-week N chooses a setting.\n";
  }
  if (chosen === null) {
    return `No setting stays at ${maxPerWeek} findings in every week.\n`;
  }
  const lines = chosen.givesUp.map(
    ({ kind, window, threshold, findings, users, harmful, worstWeek }) =>
      `  ${settingText({ kind, window, threshold })}: ${signed(findings)} findings, ${signed(users)} users, ${signed(harmful)} approved, reported or taken over; ${worstWeek} in the worst week\n`,
  );
  return [
    `Most sensitive with at most ${maxPerWeek} findings in every week: ${settingText(chosen)}.\n`,
    `  ${cellText(chosen)}\n`,
    ...(lines.length === 0 ? [] : ["What the next more sensitive settings would add:\n", ...lines]),
  ].join("");
}

function settingText({ kind, window, threshold }: Pick<Cell, "kind" | "window" | "threshold">) {
  return `${threshold} within ${window}, ${kind}`;
}

function cellText(cell: Cell): string {
  const seconds = cell.secondsToTrigger;
  return [
    `${cell.findings} findings on ${cell.users} users, ${weekly(cell.perWeek)} a week, ${cell.worstWeek} in the worst`,
    `${cell.harmful} approved, reported or taken over (${percent(cell.harmfulShare)}), ${percent(cell.usualOriginShare)} from a usual origin`,
    `${seconds === null ? "no trigger" : `${Math.round(seconds)} s to the trigger`}${scoreText(cell)}`,
  ].join("; ");
}

function scoreText({ precision, recall }: Pick<Cell, "precision" | "recall">): string {
  return precision === undefined
    ? ""
    : `; precision ${percent(precision)}, recall ${percent(recall ?? null)}`;
}

function signed(count: number): string {
  return count < 0 ? String(count) : `+${count}`;
}

function percent(share: number | null): string {
  return share === null ? "-" : `${Math.round(share * 100)} %`;
}

function hiddenLines(hidden: TuneOutput["hiddenByExclusions"][number]): string {
  const { rule, kind, entry, findings, harmful } = hidden;
  return [
    `Excluding ${kind} ${visible(entry)} from ${rule} hides ${findings} findings, ${harmful.length} of them harmful.\n`,
    ...harmful.map(
      ({ user, triggeredAt, why }) =>
        `  ${visible(user)}, ${triggeredAt.slice(0, 16).replace("T", " ")}: ${why.map((each) => harmWords[each]).join(", ")}\n`,
    ),
  ].join("");
}

const harmWords = {
  approved: "approved after",
  reported: "reported",
  takenOver: "taken over",
} as const;
