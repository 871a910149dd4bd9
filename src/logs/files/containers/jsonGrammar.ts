import {
  backslash,
  closeArray,
  closeObject,
  colon,
  comma,
  isBlank,
  openArray,
  openObject,
  quoteByte,
} from "../bytes.ts";

/** What may come next. "first…" follows an opening bracket, where the closing one is allowed as well. */
type Expected = "value" | "firstValue" | "key" | "firstKey" | "colon" | "end";

const word = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)$/;

/** How far a text is JSON: it breaks a rule, stops inside a value, or stops between two. */
type JsonProgress = "broken" | "inside" | "between";

/**
 * Checks a sequence of JSON values, or the beginning of one. The top level consists of objects and arrays, with
 * blanks or commas between them.
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
      if (byte === comma) {
        at++;
      }
      expected = "value";
      continue;
    }
    if (byte === closeObject || byte === closeArray) {
      const fits = byte === closeObject ? top === openObject : top === openArray;
      if (!fits || (expected !== "end" && !expected.startsWith("first"))) {
        return "broken";
      }
      open.pop();
      expected = "end";
      at++;
    } else if (expected === "end") {
      if (byte !== comma) {
        return "broken";
      }
      expected = top === openObject ? "key" : "value";
      at++;
    } else if (expected === "colon") {
      if (byte !== colon) {
        return "broken";
      }
      expected = "value";
      at++;
    } else if (top === undefined && byte !== openObject && byte !== openArray) {
      return "broken";
    } else if (byte === quoteByte) {
      const end = endOfString(bytes, at + 1);
      if (end === "broken") {
        return end;
      }
      expected = top === openObject && expected !== "value" ? "colon" : "end";
      if (end === "inside") {
        return end;
      }
      at = end;
    } else if (expected === "key" || expected === "firstKey") {
      return "broken";
    } else if (byte === openObject || byte === openArray) {
      open.push(byte);
      expected = byte === openObject ? "firstKey" : "firstValue";
      at++;
    } else {
      const end = endOfWord(bytes, at);
      if (!word.test(bytes.toString("latin1", at, end)) && end < bytes.length) {
        return "broken";
      }
      expected = "end";
      at = end;
    }
  }
  return open.length === 0 ? "between" : "inside";
}

function endOfString(bytes: Buffer, from: number): number | "broken" | "inside" {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quoteByte) {
      return at + 1;
    }
    if (byte < 0x20) {
      return "broken";
    }
    if (byte === backslash) {
      at++;
    }
  }
  return "inside";
}

function endOfWord(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && !isDelimiter(bytes[at])) {
    at++;
  }
  return at;
}

function isDelimiter(byte: number | undefined): boolean {
  return byte === comma || byte === closeObject || byte === closeArray || isBlank(byte);
}
