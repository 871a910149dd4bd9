import widthOf from "fast-string-width";
import { narrowest, wrap } from "./wrap.ts";

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** Colours a cell's text without changing its width. */
  readonly paint?: (text: string, row: Row) => string;
  /** Whether its long words may be cut to make the table fit. */
  readonly mayCut?: boolean;
  /** Columns with the greatest number are left out first. Columns without a number always stay. */
  readonly leaveOut?: number;
}

/** Blanks between two columns. */
const gap = 2;

/** Words up to this width are cut only when no more columns can be left out. */
const usualWord = 24;

/** The smallest width to which words are cut. */
const leastWord = 8;

/**
 * Formats a table that fits a terminal. Columns that can be left out go first, then cells are wrapped.
 *
 * @param width columns of the terminal; Infinity: no limit
 */
export function fitTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string {
  const { shown, widths } = layOut(
    columns.map((column) => measured(column, rows)),
    width,
  );
  const line = (cells: readonly string[], paint: (text: string, index: number) => string) => {
    const parts = cells.map((cell, index) => wrap(cell, widths[index] ?? 1, "cell"));
    const height = Math.max(...parts.map(({ length }) => length));
    return Array.from({ length: height }, (_, at) =>
      parts
        .map((lines, index) => {
          const text = lines[at] ?? "";
          const isLast = index === parts.length - 1;
          const padding = isLast ? "" : " ".repeat((widths[index] ?? 0) - widthOf(text) + gap);
          return (text === "" ? "" : paint(text, index)) + padding;
        })
        .join("")
        .trimEnd(),
    );
  };
  return [
    ...line(
      shown.map(({ column }) => column.head),
      (text) => text,
    ),
    ...rows.flatMap((row, number) =>
      line(
        shown.map(({ cells }) => cells[number] ?? ""),
        (text, index) => shown[index]?.column.paint?.(text, row) ?? text,
      ),
    ),
  ]
    .map((text) => `${text}\n`)
    .join("");
}

interface Measured<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly string[];
  /** Returns the width of the widest word. */
  readonly word: number;
  readonly most: number;
}

function measured<Row>(column: Column<Row>, rows: readonly Row[]): Measured<Row> {
  const cells = rows.map(column.cell);
  const widest = (of: (text: string) => number) =>
    cells.reduce((most, cell) => Math.max(most, of(cell)), of(column.head));
  return { column, cells, word: widest(narrowest), most: widest(widthOf) };
}

function layOut<Row>(all: readonly Measured<Row>[], width: number) {
  let shown = all;
  let word = usualWord;
  const isTooWide = () => total(shown.map((each) => leastOf(each, word))) > width;
  while (isTooWide()) {
    const first = firstToGo(shown);
    if (first !== undefined) {
      shown = shown.filter((each) => each !== first);
    } else if (word > leastWord) {
      word--;
    } else {
      break;
    }
  }
  return { shown, widths: widthsOf(shown, word, width) };
}

function firstToGo<Row>(shown: readonly Measured<Row>[]): Measured<Row> | undefined {
  return shown
    .filter(({ column }) => column.leaveOut !== undefined)
    .toSorted((a, b) => (b.column.leaveOut ?? 0) - (a.column.leaveOut ?? 0))[0];
}

function leastOf<Row>({ column, word }: Measured<Row>, longestWord: number): number {
  return column.mayCut === true ? Math.min(word, longestWord) : word;
}

/** Shrinks the widest columns first, but no column below its words. */
function widthsOf<Row>(
  shown: readonly Measured<Row>[],
  word: number,
  width: number,
): readonly number[] {
  const capped = (cap: number) =>
    shown.map((each) => Math.min(each.most, Math.max(leastOf(each, word), cap)));
  let cap = Math.max(...shown.map(({ most }) => most));
  while (cap > 1 && total(capped(cap)) > width) {
    cap--;
  }
  return capped(cap);
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap, -gap);
}
