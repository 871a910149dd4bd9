import type { LineReader } from "../containers/lineReader.ts";
import type { FilterSink } from "./lineFilter.ts";

/** Parses the lines that a filter passes on, and reports the others. */
export class ReadingSink implements FilterSink {
  readonly #reader: LineReader;
  readonly passed: FilterSink["passed"];
  readonly notes: FilterSink["notes"];

  constructor(reader: LineReader, { passed, notes }: Pick<FilterSink, "passed" | "notes">) {
    this.#reader = reader;
    this.passed = passed;
    this.notes = notes;
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
