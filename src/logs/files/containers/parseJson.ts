import { isUtf8 } from "node:buffer";
import { ValueScan } from "./valueScan.ts";

/** A parsed value, or in a few words why there is none. The words never quote the bytes. */
export type Parsed =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/** Sign-in rows nest about five levels. Millions of brackets would cost the parser gigabytes. */
const maxDepth = 1000;
/** Below this size nesting cannot get deep enough to hurt, so the bytes need not be scanned twice. */
const shallowBytes = 64 * 1024;

const replacement = "\uFFFD";

export function parseJson(bytes: Buffer): Parsed {
  if (bytes.length > shallowBytes && depthOf(bytes) > maxDepth) {
    return { ok: false, reason: "nested too deeply" };
  }
  const text = bytes.toString("utf8");
  // Decoding replaces invalid bytes, so only text with replacements must be checked again.
  if (text.includes(replacement) && !isUtf8(bytes)) {
    return { ok: false, reason: "invalid UTF-8" };
  }
  const plain = parse(text);
  const value = plain === undefined && /NaN|Infinity/.test(text) ? parse(withoutNaN(text)) : plain;
  return value === undefined ? { ok: false, reason: describe(bytes) } : { ok: true, value };
}

/** Returns undefined for text that is not JSON. The parser's own message may quote the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Replaces NaN, which is how Python writes missing numbers and is not JSON. Quoted texts keep the word. */
function withoutNaN(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/gs, (each) =>
    each.startsWith('"') ? each : "null",
  );
}

function describe(bytes: Buffer): string {
  const problem = bytes.includes(0) ? "contains NUL bytes" : "not valid JSON";
  return `${problem} (${bytes.length} bytes)`;
}

function depthOf(bytes: Buffer): number {
  const scan = new ValueScan();
  scan.advance(bytes, 0);
  return scan.deepest;
}
