import { csvCell } from "../detect/csvText.ts";
import type { TuneOutput } from "./tuneReport.ts";

/** Returns RFC 4180 text with one row per setting. */
export function tuneCsv({ cells }: TuneOutput): string {
  const names = Object.keys(cells[0] ?? {});
  const rows = cells.map((cell) => Object.values(cell).map(csvCell));
  return [names, ...rows].map((line) => `${line.join(",")}\r\n`).join("");
}
