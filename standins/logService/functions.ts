import { constantOf, type Expression } from "./expression.ts";
import type { Row } from "./frame.ts";
import { refuse } from "./queryError.ts";
import { textOf, type Value } from "./values.ts";

/**
 * Returns a function that computes it; undefined if it is not supported for such arguments. The analyser has
 * checked their number.
 */
type ScalarFunction = (...args: readonly Expression[]) => ((row: Row) => Value) | undefined;

/** Functions that depend only on their arguments, by name. */
export const functions: Readonly<Record<string, ScalarFunction>> = {
  // Kusto writes 1.0 where JavaScript writes 1.
  tostring: (of) => (of.type === "real" ? undefined : perText(of, (text) => text)),
  tolower: (of) => perText(of, (text) => text.toLowerCase()),
  isempty: (of) => perText(of, (text) => text === ""),
  not: (of) => (of.type === "bool" ? (row) => negation(of.of(row)) : undefined),
  coalesce:
    (...args) =>
    (row) =>
      args.map((arg) => arg.of(row)).find((value) => value !== null && value !== "") ?? null,
  // Conditions and values alternate. The last value is for rows without a true condition.
  case:
    (...args) =>
    (row) => {
      const met = args.findIndex((arg, index) => index % 2 === 0 && arg.of(row) === true);
      const otherwise = args.length - 1;
      return args[met < 0 || met === otherwise ? otherwise : met + 1]?.of(row) ?? null;
    },
  has_any_ipv4_prefix: (of, ...prefixes) => {
    const starts = prefixes.flatMap((prefix) =>
      [constantOf(prefix, "has_any_ipv4_prefix()")].flat(),
    );
    return perText(of, (text) => starts.some((start) => text.startsWith(textOf(start))));
  },
  iff: (test, yes, no) => (row) => (test.of(row) === true ? yes : no).of(row),
  strcat: (...args) =>
    args.some(({ type }) => type === "real")
      ? undefined
      : (row) => args.map((arg) => textOf(arg.of(row))).join(""),
  trim: (pattern, of) => {
    const ends = endsOf(textOf(constantOf(pattern, "trim()")));
    return perText(of, (text) => text.replace(ends, ""));
  },
  extract: (...args) => {
    const [pattern, group, of] = args;
    if (!pattern || !group || !of) {
      return undefined;
    }
    const wanted = textOf(constantOf(pattern, "extract()"));
    const found = regexOf(wanted, "u", `extract() of ${wanted}`);
    const index = Number(constantOf(group, "extract()"));
    return perText(of, (text) => found.exec(text)?.[index] ?? "");
  },
  hash: (...args) => {
    const [of, modulus] = args;
    if (!of || !modulus) {
      return undefined;
    }
    const divisor = Number(constantOf(modulus, "hash()"));
    return perText(of, (text) => hashOf(text) % divisor);
  },
};

function negation(value: Value): Value {
  return value === null ? null : value !== true;
}

function endsOf(pattern: string): RegExp {
  return regexOf(`^(?:${pattern})+|(?:${pattern})+$`, "gu", `trim() of ${pattern}`);
}

/** Kusto's patterns are those of RE2. Patterns that JavaScript cannot parse are refused. */
function regexOf(pattern: string, flags: string, what: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return refuse(what);
  }
}

function perText(of: Expression, compute: (text: string) => Value) {
  return (row: Row) => compute(textOf(of.of(row)));
}

/** FNV-1a of the text. Stable, but different from Kusto's hash(). */
function hashOf(text: string): number {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(text)) {
    state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  }
  return state;
}
