/** What a dynamic column holds. */
export type Dynamic =
  null | boolean | number | string | readonly Dynamic[] | { readonly [name: string]: Dynamic };

/**
 * A value of any type; which, the analyser knows. A datetime is its ISO text with 7 digits of fraction, which
 * sorts as time does and loses no tick. A string is never null, as in Kusto.
 */
export type Value = Dynamic;

/** As tostring() gives it. */
export function textOf(value: Value): string {
  if (value === null) {
    return "";
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
