/**
 * Returns a string literal of the Kusto query language. Everything but letters, digits and common characters of
 * names is escaped, so that text can neither end the literal or the line, nor act as Markdown around the query.
 */
export function kqlString(value: string): string {
  const escaped = value.replace(
    /[^\w @.#+-]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

/** Returns a datetime literal for epoch milliseconds. */
export function kqlDatetime(at: number): string {
  return `datetime(${new Date(at).toISOString()})`;
}
