/** Returns `1 user` or `4,775 users`. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** Formats a number with commas, independent of the machine's language. */
export function count(number: number): string {
  // `toLocaleString` loads tables first, which takes longer than searching a small log.
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** Returns the first items, and the number of others. */
export function listed(items: readonly string[], shown: number, between = ", "): string {
  const rest = items.length - shown;
  const more = rest > 0 ? [`and ${count(rest)} more`] : [];
  return [...items.slice(0, shown), ...more].join(between);
}
