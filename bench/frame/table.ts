import type { CaseResult } from "./case.ts";
import { verdictOf, type Goal } from "./figures.ts";

/** A result as text for a terminal. */
export function tableOf(result: CaseResult): string {
  const { title, unit, lines, facts = [], goals, mismatches } = result;
  const figures = lines.map(({ name, does, figure, peakBytes }) => [
    name,
    short(figure.median),
    unit,
    `± ${Math.round(figure.spread * 50)} %`,
    peakBytes === null ? "" : `${Math.round(peakBytes / 1e6)} MB`,
    does,
  ]);
  const verdicts = goals.map((goal) => [goal.what, ...goalCells(goal)]);
  const parts = [title, columns(figures), columns(factCells(facts)), columns(verdicts)].filter(
    (part) => part !== "",
  );
  return `${[...parts, ...mismatches.map((each) => `MISMATCH ${each}`)].join("\n")}\n`;
}

function factCells(facts: NonNullable<CaseResult["facts"]>): readonly (readonly string[])[] {
  const [first] = facts;
  const cells = facts.map((fact) =>
    Object.values(fact).map((cell) => (typeof cell === "number" ? short(cell) : cell)),
  );
  return first === undefined ? [] : [Object.keys(first), ...cells];
}

export function goalCells(goal: Goal): readonly string[] {
  const sign = goal.better === "more" ? "≥" : "≤";
  const bar = (value: number | null) =>
    value === null ? "–" : `${sign} ${short(value)}${goal.unit}`;
  return [
    `${short(goal.value)}${goal.unit}`,
    `must ${bar(goal.must)}`,
    `goal ${bar(goal.goal)}`,
    verdictOf(goal),
  ];
}

/** Formats a number with three significant digits. */
export function short(value: number): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

/** Aligns cells in columns, with numbers to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          /^[\d.,]+\D*$/.test(cell)
            ? cell.padStart(widths[column] ?? 0)
            : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}
