import { parseJson } from "./json.ts";

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns an own property only, so that a key such as `constructor` finds nothing. */
export function own(fields: Fields, name: string): unknown {
  const value = fields[name];
  // Most names are missing, and reading the value is the faster test of the two.
  return value !== undefined && Object.hasOwn(fields, name) ? value : undefined;
}

/** Returns the first value under the given names that is neither null nor blank text. */
export function first(fields: Fields, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = own(fields, name);
    if (value !== undefined && value !== null && !(typeof value === "string" && isBlank(value))) {
      return value;
    }
  }
  return undefined;
}

/** Reports whether a text has only blanks. The first letter decides in most cases. */
function isBlank(value: string): boolean {
  return (
    !(value.charCodeAt(0) > lastBlank && value.charCodeAt(0) < firstOther) && value.trim() === ""
  );
}

/** The ASCII characters between these two are not blanks. */
const lastBlank = 0x20;
const firstOther = 0x7f;

/** Returns the trimmed text of a string, number or boolean; null for everything else and for blank text. */
export function text(value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return value.trim() || null;
    case "number":
    case "boolean":
      return String(value);
    default:
      return null;
  }
}

/** Reads a dynamic column: an object, or its JSON text (double-encoded in some exports). */
export function dynamic(value: unknown): Fields {
  const parsed = unwrap(value);
  return isFields(parsed) ? parsed : {};
}

/** Removes up to two layers of JSON text. Text that is not JSON is returned unchanged. */
export function unwrap(value: unknown): unknown {
  const once = typeof value === "string" ? (parseJson(value) ?? value) : value;
  return typeof once === "string" ? (parseJson(once) ?? once) : once;
}
