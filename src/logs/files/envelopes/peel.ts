import { isFields, type Fields } from "../../../detection/signin/fields.ts";
import type { RecordReading } from "../../../run/inputSeen.ts";
import { isExactRecord } from "../records/exactRecord.ts";
import { foreignKind } from "../records/foreignKind.ts";
import { normaliseRecord, type NormaliseOptions } from "../records/normaliseRecord.ts";
import { plainName } from "../records/plainName.ts";
import { showsSignIn } from "../records/showsSignIn.ts";
import { readEnvelopeText } from "./envelopeText.ts";
import { rowsOf } from "./tableRows.ts";

/** Maximum number of nested envelopes. The deepest known example has five. */
const mostEnvelopes = 12;
/** The number of members tried per value, if no name indicates a record. */
const mostTries = 2_000;

/** Members that are known to contain records, as plain names. */
const envelopeNames: ReadonlySet<string> = new Set(
  `records record value values data results result event events eventoriginal original _source _raw raw body message
  messages log logs logevents logrecord attributes input payload jsonpayload detail details hits tables rows items
  entries signins signin sourcerecord d response content`.split(/\s+/),
);

export type Peeled =
  | {
      readonly kind: "record";
      readonly record: Fields;
      /** Whether the record is recognisably a sign-in. */
      readonly isSignIn: boolean;
      /** Whether the file has it with exactly the names that detection reads, without an envelope. */
      readonly isExact: boolean;
      /** Null if the record is unchanged. */
      readonly reading: RecordReading | null;
    }
  | { readonly kind: "bad"; readonly reason: string }
  /** A date with two possible readings. */
  | { readonly kind: "ambiguous" };

const notAnObject: Peeled = { kind: "bad", reason: "not an object" };

/**
 * Returns the records in a value, whatever wraps them: lists, objects that contain them under a known or an unknown
 * name, tables of columns and rows, and texts of any of these. An object without any is a record that is not a
 * sign-in.
 */
export function peel(value: unknown, options: NormaliseOptions): readonly Peeled[] {
  if (isFields(value) && isExactRecord(value)) {
    return [{ kind: "record", record: value, isSignIn: true, isExact: true, reading: null }];
  }
  return new Peeler(options).peel(value, 0);
}

class Peeler {
  readonly #options: NormaliseOptions;
  #tries = 0;

  constructor(options: NormaliseOptions) {
    this.#options = options;
  }

  peel(value: unknown, depth: number): readonly Peeled[] {
    if (depth > mostEnvelopes) {
      const isEnvelope =
        typeof value === "string" ? readEnvelopeText(value) !== null : typeof value === "object";
      return isEnvelope && value !== null
        ? [{ kind: "bad", reason: `envelopes are nested more than ${mostEnvelopes} deep` }]
        : [];
    }
    if (Array.isArray(value)) {
      return this.#list(value, depth);
    }
    if (typeof value === "string") {
      const read = readEnvelopeText(value);
      return read === null ? [] : this.peel(read, depth + 1);
    }
    return isFields(value) ? this.#object(value, depth) : [];
  }

  /** In a list of records, an element that cannot be a record is bad. Any other list may have any content. */
  #list(list: readonly unknown[], depth: number): readonly Peeled[] {
    const found = list.map((each) => this.peel(each, depth + 1));
    return found.some((each) => each.some(isTelling))
      ? found.flatMap((each, at) =>
          each.length === 0 && !mayBeEmpty(list[at]) ? [notAnObject] : each,
        )
      : found.flat();
  }

  #object(value: Fields, depth: number): readonly Peeled[] {
    if (isExactRecord(value)) {
      return [{ kind: "record", record: value, isSignIn: true, isExact: false, reading: null }];
    }
    const rows = rowsOf(value);
    if (rows !== null) {
      return rows.flatMap((row) => this.peel(row, depth + 1));
    }
    const inside = Object.entries(value)
      .filter(([name, member]) => mayHold(member) && envelopeNames.has(plainName(name)))
      .flatMap(([, member]) => this.peel(member, depth + 1));
    if (inside.some(isTelling)) {
      return inside;
    }
    const foreign = foreignKind(value);
    const own = foreign === null ? normaliseRecord(value, this.#options) : null;
    if (own?.kind === "record" && (this.#options.isKnown === true || showsSignIn(own.record))) {
      return [{ ...own, isSignIn: true, isExact: false }];
    }
    if (own?.kind === "ambiguous") {
      return [own];
    }
    const elsewhere = foreign === null ? this.#tryAll(value, depth) : [];
    if (elsewhere.some(isTelling)) {
      return elsewhere;
    }
    return inside.length > 0 || isEmptyEnvelope(value)
      ? inside
      : [{ kind: "record", record: value, isSignIn: false, isExact: false, reading: null }];
  }

  /** Tries all members, because records may be under unknown names, each under its own. */
  #tryAll(value: Fields, depth: number): readonly Peeled[] {
    const found: Peeled[] = [];
    for (const [name, member] of Object.entries(value)) {
      if (!mayHold(member) || envelopeNames.has(plainName(name))) {
        continue;
      }
      if (this.#tries >= mostTries && !found.some(isTelling)) {
        break;
      }
      this.#tries++;
      found.push(...this.peel(member, depth + 1).filter(isTelling));
    }
    return found;
  }
}

/** Reports whether a column of that name may contain a record as text. */
export function isEnvelopeName(name: string): boolean {
  const plain = plainName(name);
  return envelopeNames.has(plain) || plain === "properties";
}

/** Reports whether a bad record in it must be reported rather than skipped. */
function isTelling(peeled: Peeled): boolean {
  return peeled.kind !== "record" || peeled.isSignIn;
}

/** Reports whether the value may be without records, so that nothing is lost. */
export function mayBeEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isFields(value);
}

function mayHold(value: unknown): boolean {
  return typeof value === "object"
    ? value !== null
    : typeof value === "string" && value.length > 20;
}

/** Reports whether it is an empty page or envelope. */
function isEmptyEnvelope(value: Fields): boolean {
  return Object.entries(value).some(
    ([name, member]) =>
      Array.isArray(member) && member.length === 0 && envelopeNames.has(plainName(name)),
  );
}
