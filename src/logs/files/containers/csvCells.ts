/** Cuts a row whose quotes are known to be in order. */
export function cutCells(row: string, delimiter: string): readonly string[] {
  const cells: string[] = [];
  for (let at = 0; ; at++) {
    let end: number;
    if (row.charCodeAt(at) === quote) {
      end = closingQuote(row, at + 1);
      const cell = row.slice(at + 1, end);
      cells.push(cell.includes('"') ? cell.replaceAll('""', '"') : cell);
      end++;
    } else {
      const next = row.indexOf(delimiter, at);
      end = next === -1 ? row.length : next;
      cells.push(row.slice(at, end));
    }
    if (end >= row.length) {
      return cells;
    }
    at = end;
  }
}

const quote = 0x22;

/** Returns the place of the quote that ends a cell, which is not doubled. */
function closingQuote(row: string, from: number): number {
  let at = row.indexOf('"', from);
  while (row.charCodeAt(at + 1) === quote) {
    at = row.indexOf('"', at + 2);
  }
  return at;
}

export function isBlankCell(cell: string): boolean {
  return cell.trim() === "";
}
