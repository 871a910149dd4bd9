/** `1 user`, `4,775 users`. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** With a comma at every third digit, whatever the machine's language. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** The first few, and how many more there are. */
export function listed(items: readonly string[], shown: number, between = ", "): string {
  const rest = items.length - shown;
  const more = rest > 0 ? [`and ${count(rest)} more`] : [];
  return [...items.slice(0, shown), ...more].join(between);
}
