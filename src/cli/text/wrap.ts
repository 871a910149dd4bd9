import widthOf from "fast-string-width";

/** Where a line may end. */
const breaks = {
  sentence: /\s+/,
  /** A cell's name of a user may also end before its domain, and before the mark of a guest. */
  cell: /\s+|(?=@)|(?=#ext#)/i,
} as const;

type TextKind = keyof typeof breaks;

/** Lines of at most `width` columns of a terminal. Only a word that is longer than a line is cut. */
export function wrap(text: string, width: number, kind: TextKind): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const { piece, gap } of piecesOf(text, kind)) {
    if (line !== "" && widthOf(line + gap + piece) > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? piece : line + gap + piece;
    while (widthOf(line) > width) {
      const head = headOf(line, width);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

/** Columns that a cell needs if no word of it is cut. */
export function narrowest(text: string): number {
  return piecesOf(text, "cell").reduce((widest, { piece }) => Math.max(widest, widthOf(piece)), 0);
}

function piecesOf(text: string, kind: TextKind) {
  let at = 0;
  return text.split(breaks[kind]).map((piece) => {
    const from = text.indexOf(piece, at);
    const gap = from > at ? " " : "";
    at = from + piece.length;
    return { piece, gap };
  });
}

/** As many characters as fit, at least one. */
function headOf(text: string, width: number): string {
  let head = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (head !== "" && widthOf(head + segment) > width) {
      break;
    }
    head += segment;
  }
  return head;
}
