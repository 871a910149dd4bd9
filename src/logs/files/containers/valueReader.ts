import { isFields } from "../../../detection/signin/fields.ts";
import type { Place } from "../../../run/signInFiles.ts";
import { parseJson } from "./parseJson.ts";
import type { RecordMaker } from "../envelopes/recordMaker.ts";
import { Table } from "./table.ts";
import type { RowResult } from "./table.ts";
import type { ValueSink } from "./valueSplitter.ts";
import { ValueSplitter } from "./valueSplitter.ts";

const tooLarge = "record larger than 64 MB";

/** Maximum length of Azure's own text about a failed query. Longer ones repeat the query. */
const maxMessageLength = 200;

/** Reads a sequence of JSON values, including lists and envelopes larger than memory. */
export class ValueReader implements ValueSink {
  readonly #maker: RecordMaker;
  readonly #line: number | null;
  readonly #splitter = new ValueSplitter(this);
  /** Unfinished tables, innermost last. */
  readonly #tables: Table[] = [];
  #index = 0;

  /** @param line the line that contains all of it; null if it fills the file */
  constructor(maker: RecordMaker, line: number | null = null) {
    this.#maker = maker;
    this.#line = line;
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  end(): void {
    this.#splitter.end();
  }

  value(bytes: Buffer | null, inArray: boolean): void {
    // An object on a line of its own needs no index.
    const index = inArray || this.#line === null ? this.#index++ : null;
    const parsed = bytes === null ? null : parseJson(bytes);
    if (parsed?.ok === true) {
      this.#maker.value(parsed.value, this.#place(index));
    } else {
      this.#bad(parsed?.reason ?? tooLarge, index);
    }
  }

  table(head: Buffer | null): void {
    this.#tables.push(new Table(this.#maker.source, head));
  }

  row(bytes: Buffer | null): void {
    const result = bytes === null ? tooLarge : this.#tables.at(-1)?.row(bytes);
    if (result !== null && result !== undefined) {
      this.#row(result);
    }
  }

  container(rest: Buffer | null, isTable: boolean): void {
    const table = isTable ? this.#tables.pop() : undefined;
    for (const result of table?.end(rest) ?? []) {
      this.#row(result);
    }
    const parsed = rest === null ? null : parseJson(rest);
    const problem =
      parsed === null ? tooLarge : parsed.ok ? problemIn(parsed.value) : parsed.reason;
    if (problem !== null) {
      this.#bad(problem, null);
    }
    if (parsed?.ok === true && isFields(parsed.value)) {
      this.#maker.rest(parsed.value, this.#place(null));
    }
  }

  stray(): void {
    this.#bad("bytes outside of any JSON object", null);
  }

  cutOff(what: string): void {
    this.#bad(what, null);
  }

  #row(result: RowResult): void {
    const index = this.#index++;
    if (typeof result === "string") {
      this.#bad(result, index);
    } else {
      this.#maker.value(result, this.#place(index));
    }
  }

  #bad(reason: string, index: number | null): void {
    this.#maker.bad(reason, this.#place(index));
  }

  #place(index: number | null): Place {
    return { source: this.#maker.source, line: this.#line, index };
  }
}

/** The keys that `ValueSplitter` takes apart, in all spellings. */
const containerKeys = ["records", "tables", "rows", "value", "results"].flatMap((key) => [
  key,
  `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
]);

/** Reports whether an object contains a list of records instead of being one. */
export function isContainer(value: unknown): boolean {
  return isFields(value) && containerKeys.some((key) => Array.isArray(value[key]));
}

/** Returns the error of a query that ran into a limit, which comes with partial results. */
function problemIn(rest: unknown): string | null {
  const error = isFields(rest) ? rest["error"] : undefined;
  if (!isFields(error)) {
    return null;
  }
  const { code, message } = error;
  const words = [code, message].filter((word) => typeof word === "string").join(" ");
  return `partial answer: ${words.slice(0, maxMessageLength)}`;
}
