import { compile, type Scope } from "./compile.ts";
import type { Frame, Row } from "./frame.ts";
import { refuse } from "./queryError.ts";
import { child, elements, unnamed, type SyntaxNode } from "./syntax.ts";
import type { Value } from "./values.ts";

/** The result for a group of rows: one value for each column after those of `by`. */
type Aggregate = (rows: readonly Row[]) => readonly Value[];

/**
 * Executes `summarize` by names and expressions: either `min`, `max` and `count`, each with a name, or
 * `arg_min(Column, *)` alone, which returns the row with the smallest value of each group. Nulls are ignored.
 */
export function summarize(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const by = node.children[2]?.children[0]?.children ?? [];
  const calls = child(node, 1).children;
  const keys = by.map((each) => compile(unnamed(each), scope));
  const columns = node.columns ?? [];
  const whole = wholeRow(calls, input, columns.slice(keys.length), scope);
  if (whole !== null && by.length === 0) {
    refuse("arg_min() without by");
  }
  const aggregates = whole === null ? calls.map((call) => aggregateOf(call, scope)) : [whole];
  const groups = new Map<string, { readonly key: readonly Value[]; readonly rows: Row[] }>();
  for (const row of input.rows) {
    const key = keys.map((each) => each.of(row));
    const name = JSON.stringify(key);
    const group = groups.get(name) ?? { key, rows: [] };
    groups.set(name, group);
    group.rows.push(row);
  }
  // Without `by` there is one row, even for no input.
  if (by.length === 0 && groups.size === 0) {
    groups.set("", { key: [], rows: [] });
  }
  const rows = Array.from(groups.values(), ({ key, rows: members }) => ({
    values: [...key, ...aggregates.flatMap((aggregate) => aggregate(members))],
    published: "",
  }));
  return { columns, rows, stored: false };
}

/** Parses `arg_min(Column, *)`. Returns null for other aggregates. */
function wholeRow(
  calls: readonly SyntaxNode[],
  input: Frame,
  columns: Frame["columns"],
  scope: Scope,
): Aggregate | null {
  const [call, ...more] = calls;
  if (call?.what !== "FunctionCallExpression" || child(call, 0).name !== "arg_min") {
    return null;
  }
  const [column, star, ...others] = elements(child(call, 1));
  const isPlain = column?.what === "NameReference" && star?.what === "StarExpression";
  if (!isPlain || others.length > 0 || more.length > 0) {
    return refuse("arg_min() in another form than (column, *)");
  }
  const { of } = compile(column, scope);
  const places = columns.map((own) => input.columns.findIndex((each) => each.name === own.name));
  return (rows) => {
    const least = rows.reduce((best, row) => {
      const [held, value] = [of(best), of(row)];
      return value !== null && (held === null || value < held) ? row : best;
    });
    return places.map((place) => least.values[place] ?? null);
  };
}

function aggregateOf(item: SyntaxNode, scope: Scope): Aggregate {
  const call = unnamed(item);
  if (item.what !== "SimpleNamedExpression" || call.what !== "FunctionCallExpression") {
    return refuse("summarize of such a form");
  }
  const { name } = child(call, 0);
  const [argument] = elements(child(call, 1));
  if (name === "count" && argument === undefined) {
    return (rows) => [rows.length];
  }
  if ((name !== "min" && name !== "max") || argument === undefined) {
    return refuse(`${name}()`);
  }
  const { of, type } = compile(argument, scope);
  if (type !== "datetime") {
    refuse(`${name}() of ${type}`);
  }
  return (rows) => {
    const values = rows.map((row) => of(row)).filter((value) => typeof value === "string");
    return [values.toSorted().at(name === "min" ? 0 : -1) ?? null];
  };
}
