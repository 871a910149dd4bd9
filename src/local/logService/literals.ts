import { readDatetime, readTimespan } from "./datetime.ts";
import { refuse } from "./queryError.ts";
import type { Dynamic, Value } from "./values.ts";

/**
 * Readers of literals by the kind of their node. They read the text: the parser takes month 13, and gives zero
 * for `time(1.02:03:04)`.
 */
const readers: Readonly<Record<string, (text: string) => Value | undefined>> = {
  StringLiteralExpression: readString,
  BooleanLiteralExpression: (text) => ({ true: true, false: false })[inside(text).toLowerCase()],
  LongLiteralExpression: readLong,
  IntLiteralExpression: readLong,
  RealLiteralExpression: (text) => finite(/^\d+(\.\d+)?(e[+-]?\d+)?$/i, inside(text)),
  DateTimeLiteralExpression: (text) => readDatetime(inside(text)),
  TimespanLiteralExpression: (text) => readTimespan(inside(text)),
  DynamicExpression: readDynamic,
};

export function readLiteral(kind: string, text: string): Value {
  if (/\(\s*null\s*\)$/.test(text)) return null;
  return readers[kind]?.(text) ?? refuse(`literal ${text}`);
}

/** `datetime(2026-01-01)` → `2026-01-01`; `1h` stays. */
function inside(text: string): string {
  return (/^\w+\s*\((.*)\)$/s.exec(text)?.[1] ?? text).trim();
}

function readLong(text: string): number | undefined {
  return finite(/^-?\d+$|^0x[\da-f]+$/i, inside(text));
}

/** Integers above 2^53 would silently become others. */
function finite(form: RegExp, text: string): number | undefined {
  const value = Number(text);
  const exact = !Number.isInteger(value) || Number.isSafeInteger(value);
  return form.test(text) && exact ? value : undefined;
}

/** JSON only; Kusto's own literals inside are refused. */
function readDynamic(text: string): Dynamic | undefined {
  try {
    return JSON.parse(inside(text)) as Dynamic;
  } catch {
    return undefined;
  }
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** `"…"` and `'…'` with escapes, `@"…"` and `@'…'` with doubled quotes; `h` before them hides, no more. */
function readString(text: string): string | undefined {
  const match = /^h?(@?)(["'])(.*)\2$/is.exec(text);
  if (match === null) return undefined;
  const [, verbatim, quote = "", body = ""] = match;
  if (verbatim === "@") return body.replaceAll(quote + quote, quote);
  return body.replace(/\\(u[\da-f]{4}|x[\da-f]{2}|.)/gis, (whole, code: string) =>
    code.length > 1
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : (escapes[code] ?? refuse(`escape ${whole}`)),
  );
}
