import { isFields } from "../../../detection/signin/fields.ts";

/** The type of a value in an Avro file, as its header declares it. */
export type AvroType =
  | { readonly kind: "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string" }
  | { readonly kind: "fixed"; readonly size: number }
  | { readonly kind: "enum"; readonly symbols: readonly string[] }
  | { readonly kind: "array" | "map"; items: AvroType }
  | { readonly kind: "union"; branches: readonly AvroType[] }
  | { readonly kind: "record"; fields: readonly (readonly [name: string, type: AvroType])[] };

/** The schema cannot be read. */
export class AvroProblem extends Error {
  override readonly name = "AvroProblem";
}

const primitives = [
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string",
] as const;
/** Maximum depth of types within types. A row has few. */
const maxDepth = 50;

/** @throws AvroProblem if the text is not a schema */
export function parseAvroSchema(text: string): AvroType {
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    throw new AvroProblem("its schema is not JSON");
  }
  return typeOf(schema, new Map(), 0);
}

function typeOf(schema: unknown, named: Map<string, AvroType>, depth: number): AvroType {
  if (depth > maxDepth) {
    throw new AvroProblem("its schema is nested too deeply");
  }
  const inner = (type: unknown) => typeOf(type, named, depth + 1);
  if (Array.isArray(schema)) {
    return { kind: "union", branches: schema.map(inner) };
  }
  if (!isFields(schema)) {
    const kind = primitives.find((each) => each === schema);
    const known = kind === undefined ? named.get(String(schema)) : { kind };
    if (known === undefined) {
      throw new AvroProblem("its schema has a type that is not declared");
    }
    return known;
  }
  const { type, name } = schema;
  const remember = <T extends AvroType>(declared: T): T => {
    if (typeof name === "string") {
      named.set(name, declared);
      const { namespace } = schema;
      if (typeof namespace === "string") {
        named.set(`${namespace}.${name}`, declared);
      }
    }
    return declared;
  };
  switch (type) {
    case "record":
    case "error": {
      const record: AvroType & { kind: "record" } = remember({ kind: "record", fields: [] });
      const fields: readonly unknown[] = Array.isArray(schema["fields"]) ? schema["fields"] : [];
      record.fields = fields
        .filter(isFields)
        .map((field) => [String(field["name"]), inner(field["type"])] as const);
      return record;
    }
    case "enum": {
      const symbols: readonly unknown[] = Array.isArray(schema["symbols"]) ? schema["symbols"] : [];
      return remember({ kind: "enum", symbols: symbols.map(String) });
    }
    case "fixed": {
      const size = Number(schema["size"]);
      if (!Number.isSafeInteger(size) || size < 0) {
        throw new AvroProblem("its schema has a type of no size");
      }
      return remember({ kind: "fixed", size });
    }
    case "array":
      return { kind: "array", items: inner(schema["items"]) };
    case "map":
      return { kind: "map", items: inner(schema["values"]) };
    default:
      return inner(type);
  }
}
