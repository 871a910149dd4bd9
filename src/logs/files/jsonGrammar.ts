import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isBlank,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from "./bytes.ts";

/** What may come next. "first…" stands behind an opening bracket, where the closing one may follow too. */
type Expected = "value" | "firstValue" | "key" | "firstKey" | "colon" | "end";

const WORD = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)$/;

/** How far a text goes as JSON: it breaks a rule, stops inside a value, or stops between two. */
type JsonProgress = "broken" | "inside" | "between";

/**
 * Follows a sequence of JSON values, or the beginning of one, and says whether anything in it is out of place.
 * At the top stand objects and arrays, with blanks or commas between them.
 */
export function followJson(bytes: Buffer): JsonProgress {
  const open: number[] = [];
  let expected: Expected = "value";
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (isBlank(byte)) {
      at++;
      continue;
    }
    const top = open.at(-1);
    if (expected === "end" && top === undefined) {
      if (byte === COMMA) at++;
      expected = "value";
      continue;
    }
    if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      const fits = byte === CLOSE_OBJECT ? top === OPEN_OBJECT : top === OPEN_ARRAY;
      if (!fits || (expected !== "end" && !expected.startsWith("first"))) return "broken";
      open.pop();
      expected = "end";
      at++;
    } else if (expected === "end") {
      if (byte !== COMMA) return "broken";
      expected = top === OPEN_OBJECT ? "key" : "value";
      at++;
    } else if (expected === "colon") {
      if (byte !== COLON) return "broken";
      expected = "value";
      at++;
    } else if (top === undefined && byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return "broken";
    else if (byte === QUOTE) {
      const end = endOfString(bytes, at + 1);
      if (end === "broken") return end;
      expected = top === OPEN_OBJECT && expected !== "value" ? "colon" : "end";
      if (end === "inside") return end;
      at = end;
    } else if (expected === "key" || expected === "firstKey") return "broken";
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      open.push(byte);
      expected = byte === OPEN_OBJECT ? "firstKey" : "firstValue";
      at++;
    } else {
      const end = endOfWord(bytes, at);
      if (!WORD.test(bytes.toString("latin1", at, end)) && end < bytes.length) return "broken";
      expected = "end";
      at = end;
    }
  }
  return open.length === 0 ? "between" : "inside";
}

function endOfString(bytes: Buffer, from: number): number | "broken" | "inside" {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return "broken";
    if (byte === BACKSLASH) at++;
  }
  return "inside";
}

function endOfWord(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && !isDelimiter(bytes[at])) at++;
  return at;
}

function isDelimiter(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isBlank(byte);
}
