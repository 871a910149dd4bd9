import { negated } from "./binary.ts";
import { constantOf, isText, type Expression } from "./expression.ts";
import type { Row } from "./frame.ts";
import { refuse } from "./queryError.ts";
import { isTruthy, textOf, type Dynamic, type Value } from "./values.ts";

/**
 * Gives what computes the function, or undefined where it is not executed with such arguments. How many there
 * have to be, the analyser has checked.
 */
type ScalarFunction = (...args: readonly Expression[]) => ((row: Row) => Value) | undefined;

/** Functions of their arguments alone, by name. */
export const functions: Readonly<Record<string, ScalarFunction>> = {
  not: (of) => (row) => negated(of.of(row)),
  // Kusto writes 1.0 where JavaScript writes 1.
  tostring: (of) => (of.type === "real" ? undefined : perText(of, (text) => text)),
  tolower: (of) => perText(of, (text) => text.toLowerCase()),
  isempty: (of) => perText(of, (text) => text === ""),
  isnotempty: (of) => perText(of, (text) => text !== ""),
  isnull: (of) => (row) => of.of(row) === null,
  iff: (test, yes, no) => (row) => (isTruthy(test.of(row)) ? yes.of(row) : no.of(row)),
  coalesce: (...args) => coalesce(args),
  strcat: (...args) =>
    args.some(({ type }) => type === "real")
      ? undefined
      : (row) => args.map((arg) => textOf(arg.of(row))).join(""),
  trim: (pattern, of) => {
    const ends = endsOf(textOf(constantOf(pattern, "trim()")));
    return perText(of, (text) => text.replace(ends, ""));
  },
  parse_json: parseJson,
  todynamic: parseJson,
  hash,
};

/** Kusto's patterns are RE2's; what JavaScript cannot read of them is refused. */
function endsOf(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})+|(?:${pattern})+$`, "gu");
  } catch {
    return refuse(`trim() of ${pattern}`);
  }
}

function perText(of: Expression, compute: (text: string) => Value) {
  return (row: Row) => compute(textOf(of.of(row)));
}

/** The first that is not null; of strings, that is not empty. */
function coalesce(args: readonly Expression[]) {
  return (row: Row): Value => {
    for (const arg of args) {
      const value = arg.of(row);
      if (value !== null && (value !== "" || arg.type !== "string")) return value;
    }
    return args[0]?.type === "string" ? "" : null;
  };
}

/** What is no JSON becomes a dynamic string, as in Kusto. */
function parseJson(of: Expression) {
  if (!isText(of)) return undefined;
  return (row: Row): Dynamic => {
    const value = of.of(row);
    if (typeof value !== "string") return typeof value === "bigint" ? null : value;
    return readJson(value);
  };
}

function readJson(text: string): Dynamic {
  if (text === "") return null;
  try {
    return JSON.parse(text) as Dynamic;
  } catch {
    return text;
  }
}

/** FNV-1a of the text. Stable, and not the numbers that Kusto's hash() gives. */
function hash(of: Expression, modulus?: Expression) {
  const divisor = modulus === undefined ? 2 ** 32 : Number(constantOf(modulus, "hash()"));
  return (row: Row): number => {
    let state = 0x811c9dc5;
    for (const byte of Buffer.from(textOf(of.of(row)))) {
      state = Math.imul(state ^ byte, 0x01000193) >>> 0;
    }
    return state % divisor;
  };
}
