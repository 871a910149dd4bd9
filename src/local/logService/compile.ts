import { binaries, negated } from "./binary.ts";
import type { Column } from "./columns.ts";
import { areComparable, constantOf, folded, isText, type Expression } from "./expression.ts";
import type { Row } from "./frame.ts";
import { functions } from "./functions.ts";
import { readLiteral } from "./literals.ts";
import { refuse } from "./queryError.ts";
import { child, elements, type SyntaxNode } from "./syntax.ts";
import { termMatcher } from "./terms.ts";
import { isArray, textOf, type Dynamic, type Value } from "./values.ts";

/** What names in an expression stand for. */
export interface Scope {
  readonly query: string;
  readonly columns: readonly Column[];
  /** Rows come from a table, so that ingestion_time() has a value. */
  readonly stored: boolean;
  readonly lets: ReadonlyMap<string, Expression>;
  /** What now() gives, all through the query. */
  readonly now: string;
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
  NameReference: (node, { columns, lets }) => {
    const index = columns.findIndex(({ name }) => name === node.name);
    if (index < 0) return lets.get(node.name) ?? refuse(`${node.name} as a scalar`);
    return { type: node.type, constant: false, of: (row) => row.values[index] ?? null };
  },
  PathExpression: (node, scope) => {
    const of = compile(child(node, 0), scope);
    return derived(node, [of], (row) => member(of.of(row), child(node, 1).name));
  },
  ElementExpression: (node, scope) => {
    const of = compile(child(node, 0), scope);
    const key = compile(child(child(node, 1), 0), scope);
    return derived(node, [of, key], (row) => member(of.of(row), key.of(row)));
  },
  BinaryExpression: (node, scope) => {
    const [left, right] = [compile(child(node, 0), scope), compile(child(node, 1), scope)];
    const binary = binaries[node.kind] ?? refuse(node.words);
    const compute = binary(left, right) ?? refuseTypes(node, [left, right]);
    return derived(node, [left, right], compute);
  },
  BetweenExpression: (node, scope) => {
    if (node.kind !== "BetweenExpression") refuse(node.words);
    const couple = child(node, 1);
    const parts = [child(node, 0), child(couple, 0), child(couple, 1)] as const;
    const [of, low, high] = parts.map((part) => compile(part, scope));
    const above = of && low && binaries["GreaterThanOrEqualExpression"]?.(of, low);
    const below = of && high && binaries["LessThanOrEqualExpression"]?.(of, high);
    if (!of || !low || !high || !above || !below) return refuse("between with mixed types");
    return derived(node, [of, low, high], (row) => (above(row) === true ? below(row) : above(row)));
  },
  InExpression: membership,
  HasAnyExpression: (node, scope) => {
    if (node.kind !== "HasAnyExpression") refuse(node.words);
    const of = compile(child(node, 0), scope);
    if (!isText(of)) refuseTypes(node, [of]);
    const matcher = termMatcher(listOf(child(node, 1), scope, "has_any").map(textOf));
    return derived(node, [of], (row) => matcher(textOf(of.of(row))));
  },
  FunctionCallExpression: (node, scope) => {
    const { name } = child(node, 0);
    const args = elements(child(node, 1)).map((arg) => compile(arg, scope));
    if (name === "ingestion_time") return publication(scope);
    if (name === "now" && args.length === 0) return derived(node, [], () => scope.now);
    if (name === "ago") return before(node, scope, args);
    const compute = functions[name]?.(...args) ?? refuse(`${name}()`);
    return derived(node, args, compute);
  },
};

function literal(node: SyntaxNode, scope: Scope): Expression {
  const text = scope.query.slice(node.start, node.end);
  const value = readLiteral(node.kind, text);
  return { type: node.type, constant: true, of: () => value };
}

function derived(
  { type }: SyntaxNode,
  from: readonly Expression[],
  of: (row: Row) => Value,
): Expression {
  return { type, constant: from.every(({ constant }) => constant), of };
}

function refuseTypes(node: SyntaxNode, operands: readonly Expression[]): never {
  const types = operands.map(({ type }) => type).join(" and ");
  return refuse(`${node.words} on ${types}`);
}

function publication(scope: Scope): Expression {
  if (!scope.stored) refuse("ingestion_time() on rows that are no longer a table's");
  return { type: "datetime", constant: false, of: (row) => row.published };
}

/** `ago(1d)` is `now() - 1d`. */
function before(node: SyntaxNode, { now }: Scope, [span]: readonly Expression[]): Expression {
  const present: Expression = { type: "datetime", constant: true, of: () => now };
  const compute = span && binaries["SubtractExpression"]?.(present, span);
  return derived(node, span ? [span] : [], compute ?? refuse("ago()"));
}

/** What lies under a name, or in an array under a number; null where nothing does. */
function member(value: Value, key: Value): Value {
  if (value === null || typeof value !== "object") return null;
  if (isArray(value)) return typeof key === "number" ? (value.at(key) ?? null) : null;
  if (typeof key !== "string" || !Object.hasOwn(value, key)) return null;
  return (value as Readonly<Record<string, Dynamic>>)[key] ?? null;
}

function membership(node: SyntaxNode, scope: Scope): Expression {
  if (!["InExpression", "InCsExpression", "NotInExpression"].includes(node.kind)) {
    refuse(node.words);
  }
  const of = compile(child(node, 0), scope);
  // Kusto's analyser calls `in~` InCs.
  const anyCase = node.kind === "InCsExpression";
  const key = (value: Value) => (anyCase ? textOf(value).toLowerCase() : value);
  const listed = listOf(child(node, 1), scope, node.words, of);
  const keys = new Set(listed.filter((value) => value !== null).map(key));
  const found = (row: Row) => {
    const value = of.of(row);
    return value !== null && keys.has(key(value));
  };
  return derived(
    node,
    [of],
    node.kind === "NotInExpression" ? (row) => negated(found(row)) : found,
  );
}

/** The values of a list; a dynamic array in it counts as its elements. */
function listOf(list: SyntaxNode, scope: Scope, what: string, like?: Expression): readonly Value[] {
  return elements(list).flatMap((element): readonly Value[] => {
    if (element.columns !== undefined) refuse(`${what} over a table`);
    const expression = compile(element, scope);
    if (like && !areComparable(like, expression)) refuse(`${what} with mixed types`);
    const value = constantOf(expression, what);
    return isArray(value) ? value : [value];
  });
}
