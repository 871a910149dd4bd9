import { isBlank, newlineByte, openArray, openObject } from "../bytes.ts";
import { readEnvelopeText } from "../envelopes/envelopeText.ts";
import { followJson } from "./jsonGrammar.ts";
import type { FileStart } from "./peek.ts";

/** How JSON is laid out: one value a line, or values that have to be cut by their brackets. */
export type JsonShape = "lines" | "values";

/** Tells the first brackets of JSON from those of prose and of other formats. */
const jsonStart = /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[[{\]]|$))/;
/** An object with something in it. */
const objectStart = /^\s*\{\s*"/;
/** Blanks between the brackets are few. */
const startBytes = 4096;

/** Recognises the shape by the beginning of the text; null when it is no JSON. */
export function jsonShape(head: FileStart): JsonShape | null {
  const first = head.bytes.find((byte) => !isBlank(byte));
  const startsAsJson = startsAs(jsonStart, head.bytes);
  // Within an array lines may well be objects, but only its brackets say where it ends.
  if (first === openArray && startsAsJson) {
    return "values";
  }

  const lines = completeLines(head);
  if (first === openObject && startsAsJson) {
    const whole = lines.map(isWhole);
    // The last line may be cut off. No complete line is the beginning of one long line.
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
  // Good lines among broken ones, or among lines of something else.
  if (lines.some((line) => startsAs(objectStart, line) && isWhole(line))) {
    return "lines";
  }
  if (startsAsJson) {
    return "values";
  }
  // JSON behind the header of a syslog line, as text, or as Python writes it.
  return lines.some((line) => readEnvelopeText(line.toString("utf8")) !== null) ? "lines" : null;
}

function startsAs(pattern: RegExp, bytes: Buffer): boolean {
  return pattern.test(bytes.toString("latin1", 0, startBytes));
}

function isWhole(line: Buffer): boolean {
  return startsAs(jsonStart, line) && followJson(line) === "between";
}

/** As a layout over several lines does; a line that was cut off may end anywhere. */
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
