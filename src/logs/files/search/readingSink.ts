import type { LineReader } from "../containers/lineReader.ts";
import type { FilterSink } from "./lineFilter.ts";

/** Parses the lines that a filter passes on, and reports the others. */
export class ReadingSink implements FilterSink {
  readonly #reader: LineReader;
  readonly passed: FilterSink["passed"];
  readonly approvalCandidates: FilterSink["approvalCandidates"];

  constructor(
    reader: LineReader,
    { passed, approvalCandidates }: Pick<FilterSink, "passed" | "approvalCandidates">,
  ) {
    this.#reader = reader;
    this.passed = passed;
    this.approvalCandidates = approvalCandidates;
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
