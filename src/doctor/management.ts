import { isFields, type Fields } from "../detection/signin/fields.ts";

/** Returns `properties` of a resource; empty if there is no body. */
export function propertiesOf(body: unknown): Fields {
  return isFields(body) && isFields(body["properties"]) ? body["properties"] : {};
}

/** Returns `value` of a list of resources. */
export function listOf(body: unknown): readonly Fields[] {
  const value = isFields(body) ? body["value"] : undefined;
  return Array.isArray(value) ? value.filter(isFields) : [];
}
