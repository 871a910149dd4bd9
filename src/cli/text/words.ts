/** Returns `1 user` or `4,775 users`. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * Formats a whole number with commas, independent of the machine's language. `toLocaleString` would load tables first,
 * which takes longer than searching a small log.
 *
 * @param number not negative
 */
export function count(number: number): string {
  const digits = String(number);
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= 3) {
    groups.unshift(digits.slice(Math.max(0, end - 3), end));
  }
  return groups.join(",");
}

/** Returns the first items, and the number of others. */
export function listed(items: readonly string[], shown: number, between = ", "): string {
  const rest = items.length - shown;
  const more = rest > 0 ? [`and ${count(rest)} more`] : [];
  return [...items.slice(0, shown), ...more].join(between);
}
