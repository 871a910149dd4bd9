import { atLeast, atMost, binaries } from "./binary.ts";
import type { Column } from "./columns.ts";
import { datetimeOf, readTimespan } from "./datetime.ts";
import { areComparable, constantOf, folded, type Expression } from "./expression.ts";
import type { Frame, Row } from "./frame.ts";
import { functions } from "./functions.ts";
import { readLiteral } from "./literals.ts";
import { refuse } from "./queryError.ts";
import { child, elements, type SyntaxNode } from "./syntax.ts";
import { textOf, type Dynamic, type Value } from "./values.ts";

/** The meaning of names in an expression. */
export interface Scope {
  readonly query: string;
  readonly columns: readonly Column[];
  /** Whether rows come from a table, so that ingestion_time() has a value. */
  readonly stored: boolean;
  /** The value of now() for the whole query. */
  readonly now: string;
  /** Evaluates a table or pipeline inside an expression. */
  readonly frameOf: (node: SyntaxNode) => Frame;
}

type Compiler = (node: SyntaxNode, scope: Scope) => Expression;

export function compile(node: SyntaxNode, scope: Scope): Expression {
  const compiler = compilers[node.what] ?? refuse(node.words || node.what);
  return folded(compiler(node, scope));
}

/** By the class of the node. */
const compilers: Readonly<Record<string, Compiler>> = {
  LiteralExpression: literal,
  DynamicExpression: literal,
  ParenthesizedExpression: (node, scope) => compile(child(node, 0), scope),
  NameReference: ({ name, type }, { columns }) => {
    const index = columns.findIndex((column) => column.name === name);
    if (index < 0) {
      refuse(`${name} as a scalar`);
    }
    return { type, constant: false, of: (row) => row.values[index] ?? null };
  },
  PathExpression: (node, scope) => {
    const of = compile(child(node, 0), scope);
    const { what, name } = child(node, 1);
    if (what !== "NameReference") {
      refuse(`. before ${what}`);
    }
    return derived(node, [of], (row) => member(of.of(row), name));
  },
  BinaryExpression: (node, scope) => {
    const [left, right] = [compile(child(node, 0), scope), compile(child(node, 1), scope)];
    const binary = binaries[node.kind] ?? refuse(node.words);
    const compute =
      binary(left, right) ?? refuse(`${node.words} on ${left.type} and ${right.type}`);
    return derived(node, [left, right], compute);
  },
  BetweenExpression: (node, scope) => {
    if (node.kind !== "BetweenExpression") {
      refuse(node.words);
    }
    const [of, couple] = [compile(child(node, 0), scope), child(node, 1)];
    const [low, high] = [compile(child(couple, 0), scope), compile(child(couple, 1), scope)];
    const [above, below] = [atLeast(of, low), atMost(of, high)];
    if (!above || !below) {
      return refuse("between with mixed types");
    }
    return derived(node, [of, low, high], (row) => (above(row) === true ? below(row) : above(row)));
  },
  InExpression: (node, scope) => {
    if (node.kind !== "InExpression" && node.kind !== "NotInExpression") {
      refuse(node.words);
    }
    const isIn = node.kind === "InExpression";
    const of = compile(child(node, 0), scope);
    const listed = new Set(
      elements(child(node, 1)).flatMap((element) => valuesOf(element, of, scope)),
    );
    return derived(node, [of], (row) => listed.has(of.of(row)) === isIn);
  },
  HasAnyExpression: (node, scope) => {
    if (node.kind !== "HasAnyExpression") {
      refuse(node.words);
    }
    const of = compile(child(node, 0), scope);
    const words = elements(child(node, 1)).flatMap((element) => valuesOf(element, of, scope));
    const terms = words.map((word) => termOf(textOf(word)));
    return derived(node, [of], (row) => {
      const text = textOf(of.of(row));
      return terms.some((term) => term.test(text));
    });
  },
  FunctionCallExpression: (node, scope) => {
    const { name } = child(node, 0);
    const args = elements(child(node, 1));
    if (name === "ingestion_time") {
      return publication(scope);
    }
    if (name === "now" && args.length === 0) {
      return derived(node, [], () => scope.now);
    }
    if (name === "column_ifexists" && args[0] && args[1]) {
      return ifExists(scope, args[0], args[1]);
    }
    if (name === "bin" && args[0] && args[1]) {
      return binned(node, scope, args[0], args[1]);
    }
    if (name === "ago" && args[0]) {
      return before(node, scope, args[0]);
    }
    const compiled = args.map((arg) => compile(arg, scope));
    const compute = functions[name]?.(...compiled) ?? refuse(`${name}()`);
    return derived(node, compiled, compute);
  },
};

function literal(node: SyntaxNode, scope: Scope): Expression {
  const value = readLiteral(node.kind, textAt(node, scope));
  return { type: node.type, constant: true, of: () => value };
}

function textAt({ start, end }: SyntaxNode, { query }: Scope): string {
  return query.slice(start, end);
}

function derived(
  { type }: SyntaxNode,
  from: readonly Expression[],
  of: (row: Row) => Value,
): Expression {
  return { type, constant: from.every(({ constant }) => constant), of };
}

function publication({ stored }: Scope): Expression {
  if (!stored) {
    refuse("ingestion_time() on rows that are no longer a table's");
  }
  return { type: "datetime", constant: false, of: (row) => row.published };
}

function ifExists(scope: Scope, named: SyntaxNode, otherwise: SyntaxNode): Expression {
  const wanted = constantOf(compile(named, scope), "column_ifexists()");
  const index = scope.columns.findIndex((column) => column.name === wanted);
  const column = scope.columns[index];
  return column === undefined
    ? compile(otherwise, scope)
    : { type: column.type, constant: false, of: (row) => row.values[index] ?? null };
}

/** Rounds datetimes to whole spans since the epoch, as Kusto does for spans that divide a day. */
function binned(node: SyntaxNode, scope: Scope, value: SyntaxNode, span: SyntaxNode): Expression {
  const of = compile(value, scope);
  const ms = readTimespan(textAt(span, scope)) ?? refuse(`bin() by ${textAt(span, scope)}`);
  if (of.type !== "datetime" || 86_400_000 % ms !== 0) {
    refuse(`bin() of ${of.type} by ${textAt(span, scope)}`);
  }
  return derived(node, [of], (row) => {
    const at = of.of(row);
    return typeof at === "string" ? datetimeOf(Math.floor(Date.parse(at) / ms) * ms) : null;
  });
}

function before(node: SyntaxNode, scope: Scope, span: SyntaxNode): Expression {
  const ms = readTimespan(textAt(span, scope)) ?? refuse(`ago() of ${textAt(span, scope)}`);
  return derived(node, [], () => datetimeOf(Date.parse(scope.now) - ms));
}

/** Returns the member with a name; null if there is none. */
function member(value: Value, name: string): Value {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return null;
  }
  const members = value as Readonly<Record<string, Dynamic>>;
  return Object.hasOwn(members, name) ? (members[name] ?? null) : null;
}

/** `has` finds whole terms, which have neither a letter nor a digit beside them. */
function termOf(word: string): RegExp {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\d])${escaped}(?![\\p{L}\\d])`, "iu");
}

/**
 * The values of a list's element. A dynamic array counts as its elements, a table as its first column, and a null
 * equals nothing.
 */
function valuesOf(element: SyntaxNode, like: Expression, scope: Scope): readonly Value[] {
  if (element.columns !== undefined) {
    return scope.frameOf(element).rows.flatMap(({ values: [first] }) => first ?? []);
  }
  const expression = compile(element, scope);
  if (!areComparable(like, expression)) {
    refuse("in with mixed types");
  }
  const value = constantOf(expression, "in");
  const values: readonly Value[] = Array.isArray(value) ? (value as readonly Dynamic[]) : [value];
  return values.filter((each) => each !== null);
}
