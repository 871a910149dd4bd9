import { isFields, type Fields } from "../../../detection/signin/fields.ts";
import { dialectOf } from "../../../detection/signin/signIn.ts";
import type { RecordReading } from "../../../run/inputSeen.ts";
import type { DateOrder } from "../records/csvTime.ts";
import { mayBeEmpty, peel, type Peeled } from "./peel.ts";
import type { Entry } from "../entry.ts";
import type { Place } from "../../../run/signInFiles.ts";
import { InputError } from "../inputError.ts";
import { foreignKind } from "../records/foreignKind.ts";
import type { StepJoin } from "../records/stepJoin.ts";
import { normaliseRecord } from "../records/normaliseRecord.ts";

export interface MakerOptions {
  readonly dateOrder?: DateOrder | null;
  /** Whether entries include the names that their fields had. */
  readonly withReading?: boolean;
  /** Joins steps from a separate file to their sign-ins. */
  readonly join?: StepJoin;
}

/** Takes the values that a reader finds in a file, and emits the records in them. */
export class RecordMaker {
  readonly source: string;
  readonly #emit: (entry: Entry) => void;
  readonly #options: MakerOptions;
  readonly #dateOrder: DateOrder | null;
  readonly #nonInteractive: boolean;
  #isKnown = false;

  constructor(source: string, emit: (entry: Entry) => void, options: MakerOptions = {}) {
    this.source = source;
    this.#emit = emit;
    this.#options = options;
    this.#dateOrder = options.dateOrder ?? null;
    this.#nonInteractive = isNonInteractive(source);
  }

  /** Returns a copy that emits to somebody else. */
  givingTo(emit: (entry: Entry) => void): RecordMaker {
    return new RecordMaker(this.source, emit, this.#options);
  }

  give(entries: readonly Entry[]): void {
    entries.forEach(this.#emit);
  }

  /** @throws InputError if a time in it is ambiguous */
  value(value: unknown, place: Place): void {
    if (!isFields(value) && !Array.isArray(value) && typeof value !== "string") {
      return this.bad("not an object", place);
    }
    const found = peel(value, {
      dateOrder: this.#dateOrder,
      nonInteractive: this.#nonInteractive,
      isKnown: this.#isKnown,
    });
    if (found.length === 0 && !mayBeEmpty(value)) {
      return this.bad("not an object", place);
    }
    for (const each of found) {
      this.#take(each, place);
    }
  }

  /** Takes the columns that every record will have. Reports whether they are those of sign-ins. */
  columns(names: readonly string[]): boolean {
    const filled = Object.fromEntries(names.map((name) => [name, "1"]));
    this.#isKnown =
      foreignKind(filled) === null &&
      peel(filled, { dateOrder: "mdy" }).some((each) => each.kind === "record" && each.isSignIn);
    return this.#isKnown;
  }

  /** Takes the rest of an object whose lists were split. It may be a record itself. */
  rest(value: Fields, place: Place): void {
    const found = peel(value, { dateOrder: this.#dateOrder });
    for (const each of found) {
      if (each.kind === "record" && each.isSignIn) {
        this.#take(each, place);
      }
    }
  }

  bad(reason: string, place: Place): void {
    this.#emit({ kind: "bad", reason, place });
  }

  #take(peeled: Peeled, place: Place): void {
    switch (peeled.kind) {
      case "record": {
        const { kind, isSignIn, isExact } = peeled;
        const { join } = this.#options;
        const mayWait = peeled.reading?.dialect === "portal";
        const record =
          join === undefined || !isSignIn ? peeled.record : join.see(peeled.record, mayWait);
        if (record === null) {
          break;
        }
        const reading = peeled.reading ?? this.#readingOf(record, isSignIn);
        this.#emit({
          kind,
          record,
          place,
          isSignIn,
          isExact,
          ...(reading && { reading }),
        });
        break;
      }
      case "bad":
        this.bad(peeled.reason, place);
        break;
      case "ambiguous":
        throw new InputError(
          this.source,
          `the date ${whereIn(place)} can be read day first or month first; ` +
            "say which with --date-order dmy or --date-order mdy",
        );
    }
  }

  #readingOf(record: Fields, isSignIn: boolean): RecordReading | null {
    if (this.#options.withReading !== true || !isSignIn) {
      return null;
    }
    const read = normaliseRecord(record, { dateOrder: this.#dateOrder });
    return read.kind === "record" ? { ...read.reading, dialect: dialectOf(record) } : null;
  }
}

function whereIn({ line, index }: Place): string {
  return line === null ? `of record ${(index ?? 0) + 1}` : `on line ${line}`;
}

/** The Entra portal's files of interactive and other sign-ins have the same columns. Only their file names differ. */
function isNonInteractive(source: string): boolean {
  return /(?:^|[/\\])non-?interactive[^/\\]*$/i.test(source);
}
