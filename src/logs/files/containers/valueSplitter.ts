import { closeArray, comma, isBlank, openArray, openObject } from "../bytes.ts";
import { ObjectScan } from "./objectScan.ts";
import { Pieces } from "./pieces.ts";
import { ValueScan } from "./valueScan.ts";

/** Arrays that are taken apart rather than read whole: they may be larger than memory. */
const envelopeArrays = new Set(["records", "results", "tables", "rows", "value"]);
const tableArrays = new Set(["rows"]);

/** Told what the splitter finds. Bytes are null where they are too many to keep. */
export interface ValueSink {
  /** A value of its own, or an element of an array, of `records` or of `value`. */
  value(bytes: Buffer | null, inArray: boolean): void;
  /** A table's first rows begin; `head` is the table up to and with the opening bracket of its rows. */
  table(head: Buffer | null): void;
  row(bytes: Buffer | null): void;
  /**
   * An envelope, answer or table has ended; `rest` is what it held besides the arrays taken apart, which are
   * empty. `isTable` where it had rows.
   */
  container(rest: Buffer | null, isTable: boolean): void;
  /** Bytes at the top that begin no object and no array. */
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
      readonly pieces: Pieces;
      container: boolean;
      isTable: boolean;
    };

/**
 * Cuts a sequence of JSON values into records without ever holding more than one of them: top-level
 * objects, the elements of top-level arrays, the `records` of envelopes, the `value` of pages and the `rows`
 * of query answers.
 */
export class ValueSplitter {
  readonly #sink: ValueSink;
  readonly #frames: Frame[] = [];
  readonly #pieces = new Pieces();
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

  /** No more bytes come. */
  end(): void {
    // A last scalar has no closing bracket, but then neither has the array around it.
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
      pieces: new Pieces(),
      container,
      isTable: false,
    });
    return at;
  }

  #inObject(frame: Frame & { kind: "object" }, chunk: Buffer, from: number): number {
    const { scan, pieces } = frame;
    const { at, halt } = scan.advance(chunk, from);
    pieces.add(chunk.subarray(from, at));
    if (halt !== null) {
      frame.container = true;
      // Once: a table may have its rows in any number of parts, and what stands before them only grows.
      if (halt === "rows" && !frame.isTable) {
        frame.isTable = true;
        this.#sink.table(pieces.peek());
      }
      const contents = halt === "rows" || halt === "tables" ? halt : "values";
      this.#frames.push({ kind: "array", contents, count: 0 });
    } else if (scan.done) {
      this.#frames.pop();
      if (frame.container) {
        this.#sink.container(pieces.take(), frame.isTable);
      } else {
        this.#sink.value(pieces.take(), false);
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
      // The bracket belongs to the object around, whose walk goes on with it.
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
    this.#pieces.add(chunk.subarray(from, at));
    if (!scan.done) {
      return at;
    }
    this.#value = null;
    const bytes = this.#pieces.take();
    if (contents === "rows") {
      this.#sink.row(bytes);
    } else {
      this.#sink.value(bytes, true);
    }
    return at;
  }
}

/** Blanks and commas, and byte order marks where files were put together. */
function isBetweenValues(byte: number | undefined): boolean {
  return isBlank(byte) || byte === comma || byte === 0xef || byte === 0xbb || byte === 0xbf;
}
