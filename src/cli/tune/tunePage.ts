import { numberMap } from "../report/charts.ts";
import { htmlDocument } from "../report/htmlDocument.ts";
import { markup, type Html } from "../report/markup.ts";
import { picture } from "../report/picture.ts";
import type { TuneOutput } from "./tuneReport.ts";
import { adviceLines, headLine } from "./tuneTable.ts";

/** Returns a page with a heat map for each kind of window. It loads nothing and runs no script. */
export function tunePage(output: TuneOutput): string {
  const kinds = [...new Set(output.cells.map(({ kind }) => kind))];
  return htmlDocument(
    "Findings a week by threshold and window",
    markup`<h1>Findings a week by threshold and window</h1>
      <p class="headline">${headLine(output)}</p>
      <main>
        ${kinds.map((kind) => kindPart(output, kind))}
        <h2>What to choose</h2>
        ${adviceLines(output).flatMap(paragraphs)}
      </main>`,
  );
}

function kindPart({ cells }: TuneOutput, kind: string): Html {
  const own = cells.filter((cell) => cell.kind === kind);
  const rows = [...new Set(own.map(({ window }) => window))];
  const columns = [...new Set(own.map(({ threshold }) => String(threshold)))];
  const numbers = rows.map((window) =>
    own.filter((cell) => cell.window === window).map(({ perWeek }) => perWeek),
  );
  const words = `Findings a week of ${kind} windows: a row for each window, a column for each threshold. The same numbers are in the CSV.`;
  return markup`<h2>${kind}</h2>
    <p>${words}</p>
    ${picture(numberMap({ columns, rows, numbers }), words)}`;
}

function paragraphs(lines: string): readonly Html[] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => markup`<p>${line}</p>`);
}
