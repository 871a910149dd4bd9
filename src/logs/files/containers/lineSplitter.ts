import { newlineByte } from "../bytes.ts";
import { RecordBytes } from "./recordBytes.ts";

/** Longer lines are delivered in parts, because they may be one envelope larger than memory. */
const longLineBytes = 1024 * 1024;

/** Receives the results. Lines are counted from 1 and come without their newline. */
export interface LineSink {
  line(bytes: Buffer, line: number): void;
  longLine(part: Buffer, line: number): void;
  longLineEnd(line: number): void;
}

/** Splits bytes at newlines. */
export class LineSplitter {
  readonly #sink: LineSink;
  readonly #record = new RecordBytes();
  #line = 1;
  #long = false;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** The number of the line to which the next byte belongs. */
  get line(): number {
    return this.#line;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(newlineByte); at !== -1; at = chunk.indexOf(newlineByte, from)) {
      const bytes = chunk.subarray(from, at);
      if (this.#long || this.#record.length > 0) {
        this.#add(bytes);
        this.#finish();
      } else {
        this.#sink.line(bytes, this.#line);
      }
      this.#line++;
      from = at + 1;
    }
    this.#add(chunk.subarray(from));
  }

  /** Ends the text. What follows the last newline is a line, too. */
  end(): void {
    this.#finish();
  }

  #add(part: Buffer): void {
    if (this.#long) {
      this.#sink.longLine(part, this.#line);
      return;
    }
    this.#record.add(part);
    if (this.#record.length <= longLineBytes) {
      return;
    }
    this.#long = true;
    const begun = this.#record.take();
    if (begun) {
      this.#sink.longLine(begun, this.#line);
    }
  }

  #finish(): void {
    if (this.#long) {
      this.#sink.longLineEnd(this.#line);
    } else {
      const bytes = this.#record.take();
      if (bytes) {
        this.#sink.line(bytes, this.#line);
      }
    }
    this.#long = false;
  }
}
