/** A property holds 64 KiB, which is 32 Ki characters as they are stored. */
const longestProperty = 32_000;

/** All properties of a row together hold 1 MiB; some of it is left for keys and columns. */
const mostProperties = 15;

/**
 * Spreads a value as JSON over the properties d0, d1, … of a table row.
 *
 * @throws RangeError where it does not fit into one row
 */
export function toJsonProperties(value: unknown): Record<string, string> {
  // JSON lets line separators stand, but not all that reads transactions knows them from the end of a line.
  const text = JSON.stringify(value)
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
  const parts: string[] = [];
  for (let start = 0; start < text.length; start += parts.at(-1)?.length ?? 0) {
    parts.push(cut(text, start));
  }
  if (parts.length > mostProperties) {
    throw new RangeError(
      `a state row of ${text.length} characters is more than a table row can hold`,
    );
  }
  return Object.fromEntries(parts.map((part, index) => [`d${index}`, part]));
}

/** The next part; both halves of a surrogate pair stay together, as a lone one is no text to the service. */
function cut(text: string, start: number): string {
  const end = start + longestProperty;
  const isSplit = /[\uD800-\uDBFF]/.test(text[end - 1] ?? "");
  return text.slice(start, isSplit ? end - 1 : end);
}

/** The value that `toJsonProperties` spread; only the caller knows what type was written. */
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
      `the state row ${String(row["rowKey"])} is damaged: it holds no JSON; delete it, or restore it`,
    );
  }
}
