import { parseJson } from "./json.ts";

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own property only, so that a key such as `constructor` finds nothing. */
export function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The first of the names under which something other than null or blank text stands. */
export function first(fields: Fields, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = own(fields, name);
    if (
      value !== undefined &&
      value !== null &&
      !(typeof value === "string" && value.trim() === "")
    ) {
      return value;
    }
  }
  return undefined;
}

/** Trimmed text of a string, number or boolean; null for everything else and for blank text. */
export function text(value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return value.trim() === "" ? null : value.trim();
    case "number":
    case "boolean":
      return String(value);
    default:
      return null;
  }
}

/** A dynamic column: an object, or the text of one (double-encoded in some exports). */
export function dynamic(value: unknown): Fields {
  const parsed = unwrap(value);
  return isFields(parsed) ? parsed : {};
}

/** Takes off up to two layers of JSON text; text that is no JSON stays as it is. */
export function unwrap(value: unknown): unknown {
  const once = typeof value === "string" ? (parseJson(value) ?? value) : value;
  return typeof once === "string" ? (parseJson(once) ?? once) : once;
}
