/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** Tells whether a value satisfies a schema, with references into its own `$defs`. */
export function satisfies(schema: Schema, value: unknown): boolean {
  const parts = schema["$defs"] as Readonly<Record<string, Schema>>;
  return accepts(schema, value);

  /** As much of JSON Schema as the file uses; what it does not know, it refuses. */
  function accepts(rule: Schema, value: unknown): boolean {
    return Object.entries(rule).every(([keyword, operand]) => {
      switch (keyword) {
        case "$ref":
          return accepts(parts[String(operand).replace("#/$defs/", "")]!, value);
        case "oneOf":
          return (operand as Schema[]).filter((each) => accepts(each, value)).length === 1;
        case "type":
          return [operand].flat().some((type) => isOfType(value, String(type)));
        case "enum":
          return (operand as unknown[]).includes(value);
        case "pattern":
          return typeof value !== "string" || new RegExp(String(operand)).test(value);
        case "minLength":
          return typeof value !== "string" || value.length >= Number(operand);
        case "minItems":
          return !Array.isArray(value) || value.length >= Number(operand);
        case "minimum":
          return typeof value !== "number" || value >= Number(operand);
        case "maximum":
          return typeof value !== "number" || value <= Number(operand);
        case "items":
          return !Array.isArray(value) || value.every((each) => accepts(operand as Schema, each));
        case "required":
          return !isObject(value) || (operand as string[]).every((name) => name in value);
        case "properties":
          return (
            !isObject(value) ||
            Object.entries(value).every(([name, each]) => {
              const property = (operand as Record<string, Schema>)[name];
              return property === undefined || accepts(property, each);
            })
          );
        case "additionalProperties":
          return (
            !isObject(value) ||
            Object.keys(value).every((name) => name in (rule["properties"] as Schema))
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
