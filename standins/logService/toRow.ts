import type { ColumnType } from "./columns.ts";
import { datetimeOf, readDatetime } from "./datetime.ts";
import type { Row } from "./frame.ts";
import type { Dynamic, Value } from "./values.ts";

/** A row, and the time at which the service ingests it (epoch milliseconds). */
export interface Publication {
  readonly publishedAt: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Returns undefined for a value that the column cannot have. */
type Reader = (given: unknown) => Value | undefined;

const readers: Readonly<Record<ColumnType, Reader>> = {
  string: (given) => (isPlain(given) ? String(given) : JSON.stringify(given)),
  bool: (given) => {
    if (typeof given === "boolean") {
      return given;
    }
    return { true: true, false: false }[String(given).toLowerCase()];
  },
  int: readNumber,
  long: readNumber,
  real: readNumber,
  datetime: (given) => {
    if (typeof given === "number") {
      return datetimeOf(given);
    }
    if (given instanceof Date) {
      return datetimeOf(given.getTime());
    }
    return typeof given === "string" ? readDatetime(given) : undefined;
  },
  dynamic: (given) => (typeof given === "string" ? readJson(given) : (given as Dynamic)),
};

/**
 * Returns the row as the service stores it. Unknown columns are dropped and a missing TimeGenerated becomes the
 * ingestion time, as in Azure. A value of the wrong type is an error of the caller.
 */
export function toRow(
  { publishedAt, row }: Publication,
  table: string,
  columns: readonly { readonly name: string; readonly type: ColumnType }[],
): Row {
  const published = datetimeOf(publishedAt);
  const defaults: Readonly<Record<string, string>> = { TimeGenerated: published, Type: table };
  const values = columns.map(({ name, type }) => {
    const given = row[name] ?? defaults[name];
    if (given === undefined) {
      return type === "string" ? "" : null;
    }
    const value = readers[type](given);
    if (value === undefined) {
      throw new Error(`${table}.${name} is ${type}: ${JSON.stringify(given)}`);
    }
    return value;
  });
  return { values, published };
}

function isPlain(given: unknown): given is string | number | boolean {
  return typeof given !== "object";
}

function readNumber(given: unknown): number | undefined {
  const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Only objects and arrays are parsed. Other text is a dynamic string. */
function readJson(text: string): Dynamic {
  if (!/^\s*[[{]/.test(text)) {
    return text;
  }
  try {
    return JSON.parse(text) as Dynamic;
  } catch {
    return text;
  }
}
