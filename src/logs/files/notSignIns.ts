import { otherLanguage, type ColumnName } from "./containers/csvHeader.ts";
import { foreignHeader } from "./containers/csvShape.ts";
import { InputError } from "./inputError.ts";
import type { FileStart } from "./containers/fileStart.ts";
import { kindOfNames } from "./records/foreignKind.ts";

/** A file that is not a sign-in log. In a folder it is skipped. */
export class NotSignIns extends InputError {
  /** The kind of file, as a noun. */
  readonly what: string;

  constructor(source: string, what: string, problem = `not a sign-in log: this is ${what}`) {
    super(source, problem);
    this.what = what;
  }
}

const shownHow = "; docs/exports.md shows how to export one";

const unknownShape =
  "not a sign-in log of a known shape (JSON, JSON lines, CSV with English headers, Parquet or Avro; plain, gzip, zip or tar)";

/** Describes a file whose layout is unknown. */
export function unknownText(source: string, head: FileStart): NotSignIns {
  const names = foreignHeader(head) ?? [];
  const language = otherLanguage(names);
  if (language !== null) {
    return new NotSignIns(
      source,
      `CSV with a header in ${language}`,
      `the header is in ${language}, and so are the texts: set the language of the portal to English and download again`,
    );
  }
  if (names.length > 0) {
    const kind = kindOfNames(names.map(({ name }) => name));
    return kind === null ? otherColumns(source, names) : new NotSignIns(source, kind);
  }
  return new NotSignIns(source, "a file of an unknown shape", unknownShape + shownHow);
}

/** Columns that a message names. */
const most = 5;

function otherColumns(source: string, names: readonly ColumnName[]): NotSignIns {
  const shown = names.slice(0, most).map(({ text }) => `'${text}'`);
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return new NotSignIns(
    source,
    "CSV with other columns",
    `not a sign-in log: its columns are ${shown.join(", ")}${more}, and one has 'Date (UTC)', 'Username', 'Status' and others${shownHow}`,
  );
}

export function foreignRecords(source: string, kind: string | null): NotSignIns {
  return new NotSignIns(source, kind ?? "another kind of log or list");
}
