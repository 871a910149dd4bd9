import type { CaseResult } from "./case.ts";
import { goalCells, short } from "./table.ts";

/** Returns results as a Markdown table with a row for each goal. Results without a goal have a row, too. */
export function markdownOf(results: readonly CaseResult[]): string {
  const head = ["work", "measured", "against", "value", "must", "goal", ""];
  const rows = results.flatMap(({ title, unit, lines: [ours], goals }) => {
    const measured = ours === undefined ? "" : `${short(ours.figure.median)} ${unit}`;
    return goals.length === 0
      ? [[title, measured, "", "", "", "", ""]]
      : goals.map((goal, at) =>
          at === 0
            ? [title, measured, goal.what, ...goalCells(goal)]
            : ["", "", goal.what, ...goalCells(goal)],
        );
  });
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");
}
