import { isBlank, openArray, openObject } from "../bytes.ts";
import type { Entry } from "../entry.ts";
import type { Place } from "../../../run/signInFiles.ts";
import { readEnvelopeText } from "../envelopes/envelopeText.ts";
import { LineSplitter } from "./lineSplitter.ts";
import type { LineSink } from "./lineSplitter.ts";
import { parseJson } from "./parseJson.ts";
import type { RecordMaker } from "../envelopes/recordMaker.ts";
import { isContainer, ValueReader } from "./valueReader.ts";

/** The start of envelopes and answers. Reading those as one value first would be double work. */
const containerStart = /^\s*(?:\[|\{\s*"(?:records|tables|value)"\s*:\s*\[)/i;
const startBytes = 32;

/** Reads lines with one JSON value each, possibly behind a syslog header or as text, or with several. */
export class LineReader implements LineSink {
  readonly #maker: RecordMaker;
  readonly #splitter = new LineSplitter(this);
  #longLine: ValueReader | null = null;

  constructor(maker: RecordMaker) {
    this.#maker = maker;
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  end(): void {
    this.#splitter.end();
  }

  /** The number of the line to which the next byte belongs. */
  get lineNumber(): number {
    return this.#splitter.line;
  }

  line(bytes: Buffer, line: number): void {
    const text = withoutMarks(bytes);
    if (text.every(isBlank)) {
      return;
    }
    if (containerStart.test(text.toString("latin1", 0, startBytes))) {
      return this.#values(text, line);
    }
    const parsed = parseJson(text);
    if (parsed.ok && !isContainer(parsed.value)) {
      this.#maker.value(parsed.value, this.#place(line));
    } else {
      this.#values(text, line);
    }
  }

  longLine(part: Buffer, line: number): void {
    this.#longLine ??= new ValueReader(this.#maker, line);
    this.#longLine.push(part);
  }

  longLineEnd(): void {
    this.#longLine?.end();
    this.#longLine = null;
  }

  /**
   * Reads a container, several values whose newline was lost, or one within text. A line without any valid value
   * counts once.
   */
  #values(bytes: Buffer, line: number): void {
    const begin = bytes.find((byte) => !isBlank(byte));
    const isJson =
      begin === openArray ||
      (begin === openObject && !/^\s*\{\s*'/.test(bytes.toString("latin1", 0, startBytes)));
    const inner = isJson ? null : readEnvelopeText(bytes.toString("utf8"));
    if (inner !== null) {
      return this.#maker.value(inner, this.#place(line));
    }
    const entries: Entry[] = [];
    const reader = new ValueReader(
      this.#maker.givingTo((entry) => entries.push(entry)),
      line,
    );
    reader.push(bytes);
    reader.end();
    if (entries.length === 0 || entries.some((entry) => entry.kind === "record")) {
      return this.#maker.give(entries);
    }
    const parsed = parseJson(bytes);
    if (entries.length <= 1 || parsed.ok) {
      this.#maker.give(entries);
    } else {
      this.#maker.bad(parsed.reason, this.#place(line));
    }
  }

  #place(line: number): Place {
    return { source: this.#maker.source, line, index: null };
  }
}

/** Joined files have byte order marks in the middle. */
function withoutMarks(bytes: Buffer): Buffer {
  let from = 0;
  while (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) {
    from += 3;
  }
  return from === 0 ? bytes : bytes.subarray(from);
}
