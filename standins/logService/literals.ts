import { readDatetime } from "./datetime.ts";
import { refuse } from "./queryError.ts";
import type { Dynamic, Value } from "./values.ts";

/** Readers of literals by the kind of their node. They read the text, because the parser accepts month 13. */
const readers: Readonly<Record<string, (text: string) => Value | undefined>> = {
  StringLiteralExpression: readString,
  BooleanLiteralExpression: (text) => ({ true: true, false: false })[text],
  // Integers above 2^53 would silently change.
  LongLiteralExpression: (text) =>
    /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined,
  DateTimeLiteralExpression: (text) => readDatetime(inside(text)),
  DynamicExpression: readDynamic,
};

export function readLiteral(kind: string, text: string): Value {
  return readers[kind]?.(text) ?? refuse(`literal ${text}`);
}

/** `datetime(2026-01-01)` → `2026-01-01`. */
function inside(text: string): string {
  return (/^\w+\s*\((.*)\)$/s.exec(text)?.[1] ?? text).trim();
}

/** JSON only. Kusto's own literals inside it are refused. */
function readDynamic(text: string): Dynamic | undefined {
  try {
    return JSON.parse(inside(text)) as Dynamic;
  } catch {
    return undefined;
  }
}

/** `"…"` with only code-point escapes, and `@"…"`. */
function readString(text: string): string | undefined {
  const [, verbatim, body = ""] = /^(@?)"([^"]*)"$/s.exec(text) ?? [undefined, undefined];
  if (verbatim === undefined || verbatim === "@") {
    return verbatim && body;
  }
  return body.replace(/\\(?:u([\da-f]{4})|.)/gis, (whole, code: string | undefined) =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : refuse(`escape ${whole}`),
  );
}
