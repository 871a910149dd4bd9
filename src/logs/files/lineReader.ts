import { isBlank } from "./bytes.ts";
import type { Entry } from "./entry.ts";
import { LineSplitter } from "./lineSplitter.ts";
import type { LineSink } from "./lineSplitter.ts";
import { isObject, parseJson } from "./parseJson.ts";
import { isContainer, ValueReader } from "./valueReader.ts";

/** Envelopes and answers begin so; reading them as one value first would be work done twice. */
const containerStart = /^\s*(?:\[|\{\s*"(?:records|tables|value)"\s*:\s*\[)/i;
const startBytes = 32;

/** Reads lines that each hold one JSON value: a record, an envelope, a page, a query answer or an array of records. */
export class LineReader implements LineSink {
  readonly #source: string;
  readonly #emit: (entry: Entry) => void;
  readonly #splitter = new LineSplitter(this);
  #longLine: ValueReader | null = null;

  constructor(source: string, emit: (entry: Entry) => void) {
    this.#source = source;
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  end(): void {
    this.#splitter.end();
  }

  /** The number of the line that what is pushed next belongs to. */
  get lineNumber(): number {
    return this.#splitter.line;
  }

  line(bytes: Buffer, line: number): void {
    if (bytes.every(isBlank)) {
      return;
    }
    if (containerStart.test(bytes.toString("latin1", 0, startBytes))) {
      return this.#values(bytes, line);
    }
    const parsed = parseJson(bytes);
    if (!parsed.ok) {
      this.#values(bytes, line);
    } else if (!isObject(parsed.value)) {
      this.#bad("not an object", line);
    } else if (isContainer(parsed.value)) {
      this.#values(bytes, line);
    } else {
      const place = { source: this.#source, line, index: null };
      this.#emit({ kind: "record", record: parsed.value, place });
    }
  }

  longLine(part: Buffer, line: number): void {
    this.#longLine ??= new ValueReader({ source: this.#source, line, element: null }, this.#emit);
    this.#longLine.push(part);
  }

  longLineEnd(): void {
    this.#longLine?.end();
    this.#longLine = null;
  }

  /** A container, or several values where a newline was lost. A line in which nothing is sound counts once. */
  #values(bytes: Buffer, line: number): void {
    const entries: Entry[] = [];
    const reader = new ValueReader({ source: this.#source, line, element: null }, (entry) => {
      entries.push(entry);
    });
    reader.push(bytes);
    reader.end();
    const sound = entries.length <= 1 || entries.some((entry) => entry.kind === "record");
    const parsed = sound ? null : parseJson(bytes);
    if (parsed === null || parsed.ok) {
      entries.forEach(this.#emit);
    } else {
      this.#bad(parsed.reason, line);
    }
  }

  #bad(reason: string, line: number): void {
    this.#emit({ kind: "bad", reason, place: { source: this.#source, line, index: null } });
  }
}
