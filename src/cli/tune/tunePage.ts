import { createHash } from "node:crypto";
import { numberMap } from "../report/charts.ts";
import { Html, markup } from "../report/markup.ts";
import { picture } from "../report/picture.ts";
import { style } from "../report/style.ts";
import type { TuneOutput } from "./tuneReport.ts";
import { adviceLines, headLine } from "./tuneTable.ts";

/** A page with a heat map of every kind of window. It loads nothing and runs no script. */
export function tunePage(output: TuneOutput): string {
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  const kinds = [...new Set(output.cells.map(({ kind }) => kind))];
  return `${
    markup`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${policy}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="referrer" content="no-referrer" />
          <title>Findings a week by threshold and window</title>
          <style>${new Html(style)}</style>
        </head>
        <body>
          <h1>Findings a week by threshold and window</h1>
          <p class="headline">${headLine(output)}</p>
          <main>
            ${kinds.map((kind) => kindPart(output, kind))}
            <h2>What to choose</h2>
            ${adviceLines(output).flatMap(paragraphs)}
          </main>
        </body>
      </html> `.text
  }\n`;
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
    ${picture(numberMap({ columns, rows, numbers }), words)}`;
}

function paragraphs(lines: string): readonly Html[] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => markup`<p>${line}</p>`);
}
