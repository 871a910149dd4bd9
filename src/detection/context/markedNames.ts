import { numberAt } from "../prompts/columns.ts";
import type { Names } from "./rows.ts";

/** Names as numbers in their order, so that thousands can be marked and compared for each of many questions. */
export class MarkedNames {
  readonly #sorted: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  /** The last question for which each name was marked. */
  readonly #marks: Uint32Array;

  constructor(names: Iterable<string>) {
    this.#sorted = [...new Set(names)].toSorted();
    this.#numbers = new Map(this.#sorted.map((name, number) => [name, number]));
    this.#marks = new Uint32Array(this.#sorted.length);
  }

  /** Returns the numbers of those names that are known, in the same order. */
  readonly numbersOf = (names: Names): readonly number[] =>
    names.flatMap((name) => this.#numbers.get(name) ?? []);

  nameOf(number: number): string {
    return this.#sorted[number] ?? "";
  }

  /** @returns whether it was not marked for this question before */
  mark(number: number, question: number): boolean {
    const isNew = numberAt(this.#marks, number) !== question;
    this.#marks[number] = question;
    return isNew;
  }

  isAnyMarked(numbers: readonly number[], question: number): boolean {
    return numbers.some((number) => numberAt(this.#marks, number) === question);
  }
}
