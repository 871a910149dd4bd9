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
  const text = JSON.stringify(value);
  const count = Math.ceil(text.length / longestProperty);
  if (count > mostProperties) {
    throw new RangeError(
      `a state row of ${text.length} characters is more than a table row can hold`,
    );
  }
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `d${index}`,
      text.slice(index * longestProperty, (index + 1) * longestProperty),
    ]),
  );
}

/** The value that `toJsonProperties` spread; only the caller knows what type was written. */
export function fromJsonProperties(row: Readonly<Record<string, unknown>>): unknown {
  let text = "";
  for (let index = 0; typeof row[`d${index}`] === "string"; index++) {
    text += row[`d${index}`] as string;
  }
  return JSON.parse(text) as unknown;
}
