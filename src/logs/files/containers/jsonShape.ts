import { isBlank, newlineByte, openArray, openObject } from "../bytes.ts";
import { readEnvelopeText } from "../envelopes/envelopeText.ts";
import { followJson } from "./jsonGrammar.ts";
import type { FileStart } from "./fileStart.ts";
import { parseJson } from "./parseJson.ts";

/** The layout of JSON: one value per line, or values that must be split by their brackets. */
export type JsonShape = "lines" | "values";

/** Distinguishes the first brackets of JSON from those of prose and of other formats. */
const jsonStart = /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[[{\]]|$))/;
/** A non-empty object. */
const objectStart = /^\s*\{\s*"/;
/** Blanks between the brackets are few. */
const startBytes = 4096;

/** Recognises the layout by the beginning of the text; null if it is not JSON. */
export function jsonShape(head: FileStart): JsonShape | null {
  const first = head.bytes.find((byte) => !isBlank(byte));
  const startsAsJson = startsAs(jsonStart, head.bytes);
  // Lines within an array may be objects, but only its brackets show where it ends.
  if (first === openArray && startsAsJson) {
    return "values";
  }

  const lines = completeLines(head);
  if (first === openObject && startsAsJson) {
    const whole = lines.map(isWhole);
    // The last line may be cut off. If no line is complete, this is the beginning of one long line.
    if (lines.length === 0 || (whole[0] === true && !whole.slice(0, -1).includes(false))) {
      return "lines";
    }
    const progress = followJson(head.bytes);
    if (progress === "between") {
      return "values";
    }
    if (progress === "inside" && (!head.whole || breaksAtBracket(lines[0]))) {
      return "values";
    }
  }
  // There are good lines among broken ones, or among other text.
  if (lines.some((line) => startsAs(objectStart, line) && isWhole(line))) {
    return "lines";
  }
  if (startsAsJson) {
    return "values";
  }
  // The lines may have JSON behind a syslog header, as text, or in Python's notation.
  return lines.some((line) => readEnvelopeText(line.toString("utf8")) !== null) ? "lines" : null;
}

function startsAs(pattern: RegExp, bytes: Buffer): boolean {
  return pattern.test(bytes.toString("latin1", 0, startBytes));
}

/** One object, as usual, or several. */
function isWhole(line: Buffer): boolean {
  return startsAs(jsonStart, line) && (parseJson(line).ok || followJson(line) === "between");
}

/** Reports whether a line breaks off like a multi-line layout. A truncated line may end anywhere. */
function breaksAtBracket(line: Buffer | undefined): boolean {
  return /[[{]\s*$/.test(line?.toString("latin1", Math.max(0, line.length - 16)) ?? "");
}

function completeLines(head: FileStart): readonly Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (
    let at = head.bytes.indexOf(newlineByte);
    at !== -1;
    at = head.bytes.indexOf(newlineByte, from)
  ) {
    lines.push(head.bytes.subarray(from, at));
    from = at + 1;
  }
  if (head.whole) {
    lines.push(head.bytes.subarray(from));
  }
  return lines.filter((line) => !line.every(isBlank));
}
