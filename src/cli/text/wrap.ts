import widthOf from "fast-string-width";

/** Matches the places where a line may end. */
const breaks = {
  sentence: /\s+/,
  /** A user name in a cell may also be split before its domain, and before the mark of a guest. */
  cell: /\s+|(?=@)|(?=#ext#)/i,
} as const;

/** How far the rest of a broken line is indented. */
const hanging = "    ";

type TextKind = keyof typeof breaks;

/** Splits text into lines of at most `width` terminal columns. Only a word longer than a line is cut. */
export function wrap(text: string, width: number, kind: TextKind): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const { part, gap } of partsOf(text, kind)) {
    if (line !== "" && widthOf(line + gap + part) > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? part : line + gap + part;
    while (widthOf(line) > width) {
      const head = headOf(line, width);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

/** Breaks lines that are wider than the terminal, and indents the rest. */
export function wrapLines(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => {
      if (widthOf(line) <= width) {
        return line;
      }
      const body = line.trimStart();
      const indent = " ".repeat(line.length - body.length);
      return wrap(body, width - indent.length - hanging.length, "sentence").map(
        (part, index) => indent + (index === 0 ? "" : hanging) + part,
      );
    })
    .join("\n");
}

/** Returns the number of columns that a cell needs so that no word is cut. */
export function narrowest(text: string): number {
  return partsOf(text, "cell").reduce((widest, { part }) => Math.max(widest, widthOf(part)), 0);
}

function partsOf(text: string, kind: TextKind) {
  let at = 0;
  return text.split(breaks[kind]).map((part) => {
    const from = text.indexOf(part, at);
    const gap = from > at ? " " : "";
    at = from + part.length;
    return { part, gap };
  });
}

/** Returns as many characters as fit, but at least one. */
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
