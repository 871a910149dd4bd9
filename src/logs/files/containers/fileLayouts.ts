import type { Container } from "../../../run/inputSeen.ts";
import { csvShape } from "./csvShape.ts";
import { jsonShape } from "./jsonShape.ts";
import { LineReader } from "./lineReader.ts";
import type { FileStart } from "./fileStart.ts";
import type { MakerOptions, RecordMaker } from "../envelopes/recordMaker.ts";
import { RowFilter, SearchingReader, type LineSearch, type TextSearch } from "../search/search.ts";
import { ValueReader } from "./valueReader.ts";

/** Takes the text of a file in chunks and passes its values to a `RecordMaker`. */
interface TextReader {
  push(chunk: Buffer): void;
  /** Ends the text. */
  end(): void;
}

export interface LayoutOptions extends MakerOptions {
  /** If present, lines are searched and only wanted ones are parsed. Otherwise all are parsed. */
  readonly search?: TextSearch;
  /** If present and there is no `search`, all rows of CSV are read, but found and cut by this where that is sound. */
  readonly cutting?: LineSearch;
}

/** A layout of values as text. */
export interface FileLayout {
  readonly container: Container;
  open(maker: RecordMaker, options: LayoutOptions): TextReader | Promise<TextReader>;
}

/**
 * Each function recognises its layout by the beginning of a text. The first match wins. CSV comes first, because
 * its cells can contain lines of JSON, while JSON has no header.
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
    open: async (maker, { dateOrder = null, search, cutting }) => {
      // Loaded only when needed, because few files are CSV.
      const { CsvReader } = await import("./csvReader.ts");
      const reader = new CsvReader(maker, { ...shape, dateOrder });
      const lines = search?.lines ?? cutting;
      const ignored = () => {};
      const sink = { passed: search?.onPassed ?? ignored, notes: ignored, unsearched: ignored };
      return lines === undefined
        ? reader
        : new RowFilter(lines, reader, sink, null, search === undefined);
    },
  };
}
