import type { LineReader } from "../containers/lineReader.ts";
import type { SieveSink } from "./lineSieve.ts";

/** Has the lines that a sieve hands on read; what becomes of the others is told to somebody else. */
export class ReadingSink implements SieveSink {
  readonly #reader: LineReader;
  readonly passed: SieveSink["passed"];
  readonly noted: SieveSink["noted"];

  constructor(reader: LineReader, { passed, noted }: Pick<SieveSink, "passed" | "noted">) {
    this.#reader = reader;
    this.passed = passed;
    this.noted = noted;
  }

  line(bytes: Buffer, line: number): void {
    this.#reader.line(bytes, line);
  }

  longLine(part: Buffer, line: number): void {
    this.#reader.longLine(part, line);
  }

  longLineEnd(): void {
    this.#reader.longLineEnd();
  }
}
