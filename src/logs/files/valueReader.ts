import type { Entry } from "./entry.ts";
import { isObject, parseJson } from "./parseJson.ts";
import { Table } from "./table.ts";
import type { RowResult } from "./table.ts";
import type { ValueSink } from "./valueSplitter.ts";
import { ValueSplitter } from "./valueSplitter.ts";

const tooLarge = "record larger than 64 MB";

/** As `ValueSplitter` takes them apart, in the spellings in use. */
const containerKeys = [
  "records",
  "Records",
  "tables",
  "Tables",
  "rows",
  "Rows",
  "value",
  "Value",
] as const;

/** Azure's own text about a failed query; long ones repeat the query. */
const maxMessageLength = 200;

/** Where values are read: in a file of them, on one line of a file, or inside one element of an array. */
export interface Setting {
  readonly source: string;
  readonly line: number | null;
  /** The element that all of it belongs to; null where elements are counted. */
  readonly element: number | null;
}

/** Reads a sequence of JSON values, containers among them, into entries. */
export class ValueReader implements ValueSink {
  readonly #setting: Setting;
  readonly #emit: (entry: Entry) => void;
  readonly #splitter = new ValueSplitter(this);
  /** Those that have begun, the innermost last. */
  readonly #tables: Table[] = [];
  #index = 0;

  constructor(setting: Setting, emit: (entry: Entry) => void) {
    this.#setting = setting;
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  end(): void {
    this.#splitter.end();
  }

  value(bytes: Buffer | null, inArray: boolean): void {
    // On a line of its own an object needs no index.
    const index = inArray || this.#setting.line === null ? this.#index++ : null;
    if (bytes === null) {
      return this.#bad(tooLarge, index);
    }
    const parsed = parseJson(bytes);
    if (!parsed.ok) {
      this.#bad(parsed.reason, index);
    } else if (!isObject(parsed.value)) {
      this.#bad("not an object", index);
    }
    // Envelopes are met inside arrays, where a function has collected several; never deeper.
    else if (inArray && this.#setting.element === null && isContainer(parsed.value)) {
      this.#readInside(bytes, index);
    } else {
      this.#record(parsed.value, index);
    }
  }

  table(head: Buffer | null): void {
    this.#tables.push(new Table(this.#setting.source, head));
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
    const problem = rest === null ? tooLarge : problemIn(rest);
    if (problem !== null) {
      this.#bad(problem, null);
    }
  }

  stray(): void {
    this.#bad("bytes that belong to no JSON object", null);
  }

  cutOff(what: string): void {
    this.#bad(what, null);
  }

  #readInside(bytes: Buffer, element: number | null): void {
    const inner = new ValueReader({ ...this.#setting, element }, this.#emit);
    inner.push(bytes);
    inner.end();
  }

  #row(result: RowResult): void {
    const index = this.#index++;
    if (typeof result === "string") {
      this.#bad(result, index);
    } else {
      this.#record(result, index);
    }
  }

  #record(record: Readonly<Record<string, unknown>>, index: number | null): void {
    this.#emit({ kind: "record", record, place: this.#place(index) });
  }

  #bad(reason: string, index: number | null): void {
    this.#emit({ kind: "bad", reason, place: this.#place(index) });
  }

  #place(index: number | null) {
    const { source, line, element } = this.#setting;
    return { source, line, index: element ?? index };
  }
}

/** Whether an object holds records rather than being one. */
export function isContainer(value: Readonly<Record<string, unknown>>): boolean {
  return containerKeys.some((key) => Array.isArray(value[key]));
}

/** A query that ran into a limit answers with what it has, and an error beside it. */
function problemIn(rest: Buffer): string | null {
  const parsed = parseJson(rest);
  if (!parsed.ok) {
    return parsed.reason;
  }
  const error = isObject(parsed.value) ? parsed.value["error"] : undefined;
  if (!isObject(error)) {
    return null;
  }
  const { code, message } = error;
  const words = [code, message].filter((word) => typeof word === "string").join(" ");
  return `partial answer: ${words.slice(0, maxMessageLength)}`;
}
