/**
 * A string literal of the Kusto query language. Everything but letters, digits and what else is common in
 * names is escaped, so that no text can end the literal or the line, nor mean something to the Markdown
 * around a query.
 */
export function kqlString(value: string): string {
  const escaped = value.replace(
    /[^\w @.#+-]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

/** A datetime literal, in milliseconds. */
export function kqlDatetime(at: number): string {
  return `datetime(${new Date(at).toISOString()})`;
}
