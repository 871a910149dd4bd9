/** A value of a dynamic column. */
export type Dynamic =
  null | boolean | number | string | readonly Dynamic[] | { readonly [name: string]: Dynamic };

/**
 * A value of any type. The analyser knows which. A datetime is its ISO text with 7 digits of fraction, which sorts
 * by time and loses no tick. A string is never null, as in Kusto.
 */
export type Value = Dynamic;

/** Formats like tostring(). */
export function textOf(value: Value): string {
  if (value === null) {
    return "";
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
