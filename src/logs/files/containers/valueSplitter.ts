import { closeArray, comma, isBlank, openArray, openObject } from "../bytes.ts";
import { ObjectScan } from "./objectScan.ts";
import { RecordBytes } from "./recordBytes.ts";
import { ValueScan } from "./valueScan.ts";

/** Arrays that are split rather than read whole, because they may be larger than memory. */
const envelopeArrays = new Set(["records", "results", "tables", "rows", "value"]);
const tableArrays = new Set(["rows"]);

/** Receives the results. Bytes are null if there are too many to keep. */
export interface ValueSink {
  /** A separate value, or an element of an array, of `records` or of `value`. */
  value(bytes: Buffer | null, inArray: boolean): void;
  /** A table's first rows begin. `head` is the table up to and including the opening bracket of its rows. */
  table(head: Buffer | null): void;
  row(bytes: Buffer | null): void;
  /**
   * An envelope, answer or table has ended. `rest` is its content without the split arrays, which are empty.
   * `isTable`: whether it had rows.
   */
  container(rest: Buffer | null, isTable: boolean): void;
  /** Bytes at the top level that begin neither an object nor an array. */
  stray(): void;
  /** The input has ended inside a value. */
  cutOff(what: string): void;
}

type Contents = "values" | "tables" | "rows";
type Frame =
  | { readonly kind: "array"; readonly contents: Contents; count: number }
  | {
      readonly kind: "object";
      readonly scan: ObjectScan;
      readonly record: RecordBytes;
      container: boolean;
      isTable: boolean;
    };

/**
 * Splits a sequence of JSON values into records: top-level objects, the elements of top-level arrays, the `records`
 * of envelopes, the `value` of pages and the `rows` of query answers. Never has more than one record in memory.
 */
export class ValueSplitter {
  readonly #sink: ValueSink;
  readonly #frames: Frame[] = [];
  readonly #record = new RecordBytes();
  #value: ValueScan | null = null;
  #inStray = false;

  constructor(sink: ValueSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) {
        at = this.#atTop(chunk, at);
      } else if (frame.kind === "object") {
        at = this.#inObject(frame, chunk, at);
      } else if (this.#value) {
        at = this.#inValue(frame.contents, this.#value, chunk, at);
      } else {
        at = this.#inArray(frame, chunk, at);
      }
    }
  }

  /** Ends the input. */
  end(): void {
    // A last scalar has no closing bracket, but then neither does its array.
    if (this.#frames.length === 0) {
      return;
    }
    const array = this.#frames.findLast((frame) => frame.kind === "array");
    this.#sink.cutOff(
      array ? `array is cut off after ${array.count} elements` : "object is cut off",
    );
  }

  #atTop(chunk: Buffer, at: number): number {
    const byte = chunk[at];
    if (byte === openObject || byte === openArray) {
      this.#inStray = false;
      if (byte === openObject) {
        return this.#openObject(envelopeArrays, false, at);
      }
      this.#frames.push({ kind: "array", contents: "values", count: 0 });
      return at + 1;
    }
    let end = at;
    for (; end < chunk.length && chunk[end] !== openObject && chunk[end] !== openArray; end++) {
      if (this.#inStray || isBetweenValues(chunk[end])) {
        continue;
      }
      this.#inStray = true;
      this.#sink.stray();
    }
    return end;
  }

  #openObject(arrays: ReadonlySet<string>, container: boolean, at: number): number {
    this.#frames.push({
      kind: "object",
      scan: new ObjectScan(arrays),
      record: new RecordBytes(),
      container,
      isTable: false,
    });
    return at;
  }

  #inObject(frame: Frame & { kind: "object" }, chunk: Buffer, from: number): number {
    const { scan, record } = frame;
    const { at, halt } = scan.advance(chunk, from);
    record.add(chunk.subarray(from, at));
    if (halt !== null) {
      frame.container = true;
      // Only once: a table may have its rows in several parts, and the text before them only grows.
      if (halt === "rows" && !frame.isTable) {
        frame.isTable = true;
        this.#sink.table(record.joined());
      }
      const contents = halt === "rows" || halt === "tables" ? halt : "values";
      this.#frames.push({ kind: "array", contents, count: 0 });
    } else if (scan.done) {
      this.#frames.pop();
      if (frame.container) {
        this.#sink.container(record.take(), frame.isTable);
      } else {
        this.#sink.value(record.take(), false);
      }
    }
    return at;
  }

  #inArray(frame: Frame & { kind: "array" }, chunk: Buffer, at: number): number {
    const byte = chunk[at];
    if (isBlank(byte) || byte === comma) {
      return at + 1;
    }
    if (byte === closeArray) {
      this.#frames.pop();
      // The bracket belongs to the enclosing object, whose scan continues with it.
      return this.#frames.length === 0 ? at + 1 : at;
    }
    frame.count++;
    if (frame.contents === "tables" && byte === openObject) {
      return this.#openObject(tableArrays, true, at);
    }
    this.#value = new ValueScan();
    return at;
  }

  #inValue(contents: Contents, scan: ValueScan, chunk: Buffer, from: number): number {
    const at = scan.advance(chunk, from);
    this.#record.add(chunk.subarray(from, at));
    if (!scan.done) {
      return at;
    }
    this.#value = null;
    const bytes = this.#record.take();
    if (contents === "rows") {
      this.#sink.row(bytes);
    } else {
      this.#sink.value(bytes, true);
    }
    return at;
  }
}

/** Blanks and commas, and the byte order marks of joined files. */
function isBetweenValues(byte: number | undefined): boolean {
  return isBlank(byte) || byte === comma || byte === 0xef || byte === 0xbb || byte === 0xbf;
}
