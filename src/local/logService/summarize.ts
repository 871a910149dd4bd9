import { compile, type Scope } from "./compile.ts";
import type { Expression } from "./expression.ts";
import type { Frame, Row } from "./frame.ts";
import { refuse } from "./queryError.ts";
import { child, elements, unnamed, type SyntaxNode } from "./syntax.ts";
import { keyOf, order, type Value } from "./values.ts";

/** The cells that an aggregate adds for one group. */
type Aggregate = (rows: readonly Row[]) => readonly Value[];

/** Aggregates of at most one expression, by name. */
const aggregates: Readonly<Record<string, (of: Expression | undefined) => Aggregate | undefined>> =
  {
    count: (of) => (of === undefined ? (rows) => [rows.length] : undefined),
    min: (of) => of && ((rows) => [valueAt(extreme(rows, of, -1), of)]),
    max: (of) => of && ((rows) => [valueAt(extreme(rows, of, 1), of)]),
  };

export function summarize(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const by = (node.children[2]?.children[0]?.children ?? []).map((item) => {
    const expression = unnamed(item);
    return { name: expression.name, value: compile(expression, scope) };
  });
  const grouping = new Set(by.map(({ name }) => name));
  const parts = child(node, 1).children.map((item) =>
    aggregateOf(unnamed(item), input, grouping, scope),
  );
  const groups = new Map<string, Row[]>();
  // Without "by" there is one group, even of no rows.
  if (by.length === 0) groups.set(keyOf([]), []);
  for (const row of input.rows) {
    const key = keyOf(by.map(({ value }) => value.of(row)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const rows = Array.from(groups.values(), (group) => ({
    values: [
      ...by.map(({ value }) => valueAt(group[0], value)),
      ...parts.flatMap((part) => part(group)),
    ],
    published: "",
  }));
  return { columns: node.columns ?? [], rows, stored: false, inOrder: false };
}

function aggregateOf(
  call: SyntaxNode,
  input: Frame,
  grouping: ReadonlySet<string>,
  scope: Scope,
): Aggregate {
  if (call.what !== "FunctionCallExpression") refuse("summarize of an expression on aggregates");
  const { name } = child(call, 0);
  const args = elements(child(call, 1));
  const sign = argSigns[name];
  if (sign !== undefined) return argExtreme(name, sign, args, input, grouping, scope);
  const [first] = args.map((arg) => compile(arg, scope));
  return aggregates[name]?.(first) ?? refuse(`${name}()`);
}

const argSigns: Readonly<Record<string, 1 | -1>> = { arg_max: 1, arg_min: -1 };

/** `arg_max(column, *)`: the column, then all others that are not grouped by. */
function argExtreme(
  name: string,
  sign: 1 | -1,
  [by, star, ...more]: readonly SyntaxNode[],
  input: Frame,
  grouping: ReadonlySet<string>,
  scope: Scope,
): Aggregate {
  const isPlain = by?.what === "NameReference" && star?.what === "StarExpression";
  if (!isPlain || more.length > 0) return refuse(`${name}() in another form than (column, *)`);
  if (grouping.size === 0) return refuse(`${name}() without by`);
  const key = compile(by, scope);
  const rest = input.columns.flatMap((column, index) =>
    column.name === by.name || grouping.has(column.name) ? [] : [index],
  );
  return (rows) => {
    const best = extreme(rows, key, sign) ?? rows[0];
    return [valueAt(best, key), ...rest.map((index) => best?.values[index] ?? null)];
  };
}

/** The row with the largest value (`sign` 1) or the smallest (−1); nulls are passed over. */
function extreme(rows: readonly Row[], of: Expression, sign: 1 | -1): Row | undefined {
  let best: Row | undefined;
  let bestValue: Value = null;
  for (const row of rows) {
    const value = of.of(row);
    if (value === null) continue;
    if (bestValue !== null && order(value, bestValue) * sign <= 0) continue;
    [best, bestValue] = [row, value];
  }
  return best;
}

function valueAt(row: Row | undefined, of: Expression): Value {
  return row === undefined ? null : of.of(row);
}
