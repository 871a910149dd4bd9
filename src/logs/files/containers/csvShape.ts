import { columnName, isSignInHeader, otherLanguage, type ColumnName } from "./csvHeader.ts";
import type { FileStart } from "./fileStart.ts";

/** The delimiters of CSV, also in countries with decimal commas. */
const delimiters = [",", ";", "\t", "|"] as const;

/** Excel's own line for the delimiter, before the header. */
const delimiterLine = /^"?sep=(.)"?$/i;

/** The line that `Export-Csv` of Windows PowerShell writes before the header. */
const typeLine = /^#TYPE\s/i;

/** Maximum length of a header, in bytes. */
const headerBytes = 64 * 1024;

/** Recognises CSV of sign-ins by its header. Returns its delimiter, or null for other text. */
export function csvShape(head: FileStart): { readonly delimiter: string } | null {
  const found = headers(head).find(({ names }) => isSignInHeader(names));
  return found === undefined || otherLanguage(found.names) !== null
    ? null
    : { delimiter: found.delimiter };
}

/** Returns the names in the header of a CSV of sign-ins. */
export function headerOf(head: FileStart): readonly string[] {
  const found = headers(head).find(({ names }) => isSignInHeader(names));
  return found?.names.map(({ name }) => name) ?? [];
}

/** Returns the columns of a text that looks like CSV of another kind; null for other text. */
export function foreignHeader(head: FileStart): readonly ColumnName[] | null {
  const looks = ({ names }: { readonly names: readonly ColumnName[] }) =>
    names.length > 1 && names.every(({ text }) => /^[\p{L}@#$][^{}\n]{0,100}$/u.test(text));
  return headers(head).find(looks)?.names ?? null;
}

/** Splits the first line by each delimiter. */
function headers(head: FileStart) {
  const text = head.bytes.toString("utf8", 0, headerBytes);
  const lines = text.split("\n", 100).map((line) => line.trim());
  const [first = "", second = ""] = lines.filter((line) => line !== "");
  const [, named] = delimiterLine.exec(first) ?? [];
  const header = named === undefined && !typeLine.test(first) ? first : second;
  // A JSON list of columns is not a header.
  if (/^[[{]/.test(header)) {
    return [];
  }
  return [...(named === undefined ? [] : [named]), ...delimiters].map((delimiter) => ({
    delimiter,
    names: splitNames(header, delimiter),
  }));
}

/** Reports whether a record is a line that programs write before the header. */
export function isPreamble(cells: readonly string[], delimiter: string): boolean {
  const line = cells.join(delimiter);
  return delimiterLine.test(line) || typeLine.test(line);
}

/** A name that contains the delimiter is split here, which does no harm. */
function splitNames(line: string, delimiter: string): readonly ColumnName[] {
  return line.split(delimiter).map((cell) => columnName(cell.trim().replaceAll(/^"|"$/g, "")));
}
