import { csvShape } from "./csvShape.ts";
import type { DateOrder } from "./csvTime.ts";
import type { Entry } from "./entry.ts";
import { jsonShape } from "./jsonShape.ts";
import { LineReader } from "./lineReader.ts";
import type { Head } from "./peek.ts";
import { SearchingReader, type TextSearch } from "./search/search.ts";
import { ValueReader } from "./valueReader.ts";

/** Takes the text of a file in chunks and hands out what it finds. */
interface EntryReader {
  push(chunk: Buffer): void;
  /** No more text comes. */
  end(): void;
}

export interface DialectOptions {
  /** For dates that can be read in two ways; without it they are refused. */
  readonly dateOrder?: DateOrder;
  /** Lines are searched, and read only if they are wanted. Without it, all are read. */
  readonly search?: TextSearch;
}

type OpenReader = (
  source: string,
  emit: (entry: Entry) => void,
  options: DialectOptions,
) => EntryReader | Promise<EntryReader>;

/** A way to lay out records as text: recognises the beginning of one, or gives null. */
type Dialect = (head: Head) => OpenReader | null;

/** The first that recognises a text reads it. A cell of CSV can have lines of JSON in it, and JSON has no header. */
const dialects: readonly Dialect[] = [csv, json];

export function findDialect(head: Head): OpenReader | null {
  for (const recognise of dialects) {
    const open = recognise(head);
    if (open) {
      return open;
    }
  }
  return null;
}

function json(head: Head): OpenReader | null {
  switch (jsonShape(head)) {
    case "lines":
      return (source, emit, { search }) =>
        search === undefined
          ? new LineReader(source, emit)
          : new SearchingReader(source, emit, search);
    case "values":
      return (source, emit) => new ValueReader({ source, line: null, element: null }, emit);
    case null:
      return null;
  }
}

function csv(head: Head): OpenReader | null {
  const shape = csvShape(head);
  if (shape === null) {
    return null;
  }
  return async (source, emit, { dateOrder = null }) => {
    // Few files are CSV, and the others need not wait for its parser.
    const { CsvReader } = await import("./csvReader.ts");
    return new CsvReader(source, { ...shape, dateOrder }, emit);
  };
}
