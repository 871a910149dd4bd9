import { timespanText } from "./datetime.ts";

/** What a dynamic column holds. */
export type Dynamic =
  null | boolean | number | string | readonly Dynamic[] | { readonly [name: string]: Dynamic };

/**
 * A value of any type; which, the analyser knows. A datetime is its ISO text with 7 digits of fraction, which
 * sorts as time does and loses no tick; a timespan is its ticks. A string is never null, as in Kusto.
 */
export type Value = Dynamic | bigint;

/** Array.isArray forgets what the elements are. */
export function isArray(value: Value): value is readonly Dynamic[] {
  return Array.isArray(value);
}

export function isTruthy(value: Value): boolean {
  return value === true;
}

/** As tostring() gives it. */
export function textOf(value: Value): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return timespanText(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Below zero when `left` comes first. Both are of one type and not null. */
export function order(left: Value, right: Value): number {
  const isJson = typeof left === "object" || typeof right === "object";
  const [a, b] = isJson ? [textOf(left), textOf(right)] : [left, right];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** One text for each distinct list of values. */
export function keyOf(values: readonly Value[]): string {
  return JSON.stringify(values.map((value) => (typeof value === "bigint" ? `${value}` : value)));
}
