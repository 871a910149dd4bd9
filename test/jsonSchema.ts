import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type Schema = Readonly<Record<string, unknown>>;

export const root = fileURLToPath(new URL("..", import.meta.url));
export const readJson = (path: string): unknown =>
  JSON.parse(readFileSync(`${root}${path}`, "utf8"));

const schemas = new Map<string, Schema>();

function schemaNamed(file: string): Schema {
  const schema = schemas.get(file) ?? (readJson(`schema/${file}`) as Schema);
  schemas.set(file, schema);
  return schema;
}

/** The named parts of a schema of the project. */
export function partsOf(file: string): Readonly<Record<string, Schema>> {
  return schemaNamed(file)["$defs"] as Readonly<Record<string, Schema>>;
}

/** Tells whether a value is what a file of `schema/` asks for. */
export function accepts(file: string, value: unknown): boolean {
  return satisfies(schemaNamed(file), value);
}

/** Tells whether a value satisfies a schema, with references into its own `$defs` or those of another file. */
export function satisfies(schema: Schema, value: unknown): boolean {
  return fits(schema, schema, value);
}

/** As much of JSON Schema as the files use; what it does not know, it refuses. */
function fits(whole: Schema, rule: Schema, value: unknown): boolean {
  const isFitting = (each: Schema, part: unknown) => fits(whole, each, part);
  return Object.entries(rule).every(([keyword, operand]) => {
    switch (keyword) {
      case "$ref": {
        const [other = "", part = ""] = String(operand).split("#/$defs/");
        const named = other === "" ? whole : schemaNamed(other);
        const parts = named["$defs"] as Readonly<Record<string, Schema>>;
        return fits(named, parts[part]!, value);
      }
      case "oneOf":
        return (operand as Schema[]).filter((each) => isFitting(each, value)).length === 1;
      case "anyOf":
        return (operand as Schema[]).some((each) => isFitting(each, value));
      case "not":
        return !isFitting(operand as Schema, value);
      case "type":
        return [operand].flat().some((type) => isOfType(value, String(type)));
      case "enum":
        return (operand as unknown[]).includes(value);
      case "pattern":
        return typeof value !== "string" || new RegExp(String(operand), "u").test(value);
      case "minLength":
        return typeof value !== "string" || value.length >= Number(operand);
      case "maxLength":
        return typeof value !== "string" || value.length <= Number(operand);
      case "minItems":
        return !Array.isArray(value) || value.length >= Number(operand);
      case "minimum":
        return typeof value !== "number" || value >= Number(operand);
      case "maximum":
        return typeof value !== "number" || value <= Number(operand);
      case "items":
        return !Array.isArray(value) || value.every((each) => isFitting(operand as Schema, each));
      case "required":
        return (
          !isObject(value) || (operand as string[]).every((name) => Object.hasOwn(value, name))
        );
      case "propertyNames":
        return (
          !isObject(value) || Object.keys(value).every((name) => isFitting(operand as Schema, name))
        );
      case "properties":
        return (
          !isObject(value) ||
          Object.entries(value).every(([name, each]) => {
            const properties = operand as Record<string, Schema>;
            return !Object.hasOwn(properties, name) || isFitting(properties[name]!, each);
          })
        );
      case "additionalProperties":
        return (
          !isObject(value) ||
          Object.entries(value).every(
            ([name, each]) =>
              Object.hasOwn((rule["properties"] ?? {}) as Schema, name) ||
              (operand !== false && isFitting(operand as Schema, each)),
          )
        );
      case "$schema":
      case "$defs":
      case "title":
      case "description":
        return true;
      default:
        throw new Error(`unknown keyword: ${keyword}`);
    }
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
