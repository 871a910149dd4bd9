import type { Container } from "../../../run/inputSeen.ts";
import { csvShape } from "./csvShape.ts";
import { jsonShape } from "./jsonShape.ts";
import { LineReader } from "./lineReader.ts";
import type { FileStart } from "./peek.ts";
import type { MakerOptions, RecordMaker } from "../envelopes/recordMaker.ts";
import { SearchingReader, type TextSearch } from "../search/search.ts";
import { ValueReader } from "./valueReader.ts";

/** Takes the text of a file in chunks and hands what it finds to a `RecordMaker`. */
interface TextReader {
  push(chunk: Buffer): void;
  /** No more text comes. */
  end(): void;
}

export interface LayoutOptions extends MakerOptions {
  /** Lines are searched, and read only if they are wanted. Without it, all are read. */
  readonly search?: TextSearch;
}

/** How values are laid out as text. */
export interface FileLayout {
  readonly container: Container;
  open(maker: RecordMaker, options: LayoutOptions): TextReader | Promise<TextReader>;
}

/**
 * Each recognises its layout by the beginning of a text; the first one wins. A cell of CSV can have lines of JSON in it,
 * and JSON has no header, so CSV comes first.
 */
const layouts: readonly ((head: FileStart) => FileLayout | null)[] = [csv, json];

export function findLayout(head: FileStart): FileLayout | null {
  for (const recognise of layouts) {
    const layout = recognise(head);
    if (layout !== null) {
      return layout;
    }
  }
  return null;
}

function json(head: FileStart): FileLayout | null {
  switch (jsonShape(head)) {
    case "lines":
      return {
        container: "ndjson",
        open: (maker, { search }) =>
          search === undefined ? new LineReader(maker) : new SearchingReader(maker, search),
      };
    case "values":
      return { container: "json", open: (maker) => new ValueReader(maker) };
    case null:
      return null;
  }
}

function csv(head: FileStart): FileLayout | null {
  const shape = csvShape(head);
  if (shape === null) {
    return null;
  }
  return {
    container: "csv",
    open: async (maker, { dateOrder = null }) => {
      // Few files are CSV, and the others need not wait for its parser.
      const { CsvReader } = await import("./csvReader.ts");
      return new CsvReader(maker, { ...shape, dateOrder });
    },
  };
}
