/** Maximum length of a property, in UTF-16 units. The service allows 64 KiB, which is 32 Ki units. */
const longestProperty = 32_000;

/** Maximum number of properties of a row. The service allows 1 MiB for all; the rest is for keys and columns. */
const mostProperties = 15;

/**
 * Splits a value's JSON into the properties d0, d1, … of a table row.
 *
 * @throws RangeError if it does not fit into one row
 */
export function toJsonProperties(value: unknown): Record<string, string> {
  // JSON allows line separators, but some readers of transactions take them for the end of a line.
  const text = JSON.stringify(value)
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
  const parts: string[] = [];
  for (let start = 0; start < text.length; start += parts.at(-1)?.length ?? 0) {
    parts.push(cut(text, start));
  }
  if (parts.length > mostProperties) {
    throw new RangeError(`a state row of ${text.length} characters does not fit into a table row`);
  }
  return Object.fromEntries(parts.map((part, index) => [`d${index}`, part]));
}

/** Returns the next part. It does not split surrogate pairs, because the service rejects a lone half. */
function cut(text: string, start: number): string {
  const end = start + longestProperty;
  const isSplit = /[\uD800-\uDBFF]/.test(text[end - 1] ?? "");
  return text.slice(start, isSplit ? end - 1 : end);
}

/** Returns the value that `toJsonProperties` split. Only the caller knows its type. */
export function fromJsonProperties(row: Readonly<Record<string, unknown>>): unknown {
  let text = "";
  for (let index = 0; typeof row[`d${index}`] === "string"; index++) {
    text += row[`d${index}`] as string;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Without the cause, which quotes the row.
    throw new Error(
      `the state row ${String(row["rowKey"])} is damaged: it is not JSON; delete it, or restore it`,
    );
  }
}
