import { compile, type Scope } from "./compile.ts";
import { constantOf } from "./expression.ts";
import { firstIndex, settled, type Frame, type Row } from "./frame.ts";
import { publicationSpan } from "./publicationSpan.ts";
import { refuse } from "./queryError.ts";
import { summarize } from "./summarize.ts";
import { child, unnamed, type SyntaxNode } from "./syntax.ts";
import { isTruthy, keyOf, order, type Value } from "./values.ts";

/** `scope` is that of the input; `frameOf` evaluates a table or pipeline inside the operator. */
type Operator = (
  input: Frame,
  node: SyntaxNode,
  scope: Scope,
  frameOf: (node: SyntaxNode) => Frame,
) => Frame;

/** Query operators by the class of their node. */
export const operators: Readonly<Record<string, Operator>> = {
  FilterOperator: where,
  ProjectOperator: project,
  PrintOperator: project,
  ExtendOperator: extend,
  DistinctOperator: (input, node, scope) => {
    const { rows, ...frame } = project(input, node, scope);
    return { ...frame, rows: [...new Map(rows.map((row) => [keyOf(row.values), row])).values()] };
  },
  SortOperator: sort,
  TakeOperator: (input, node, scope) => {
    const limit = constantOf(compile(child(node, 1), scope), "take");
    return { ...input, rows: input.rows.slice(0, Number(limit)) };
  },
  SummarizeOperator: summarize,
  UnionOperator: union,
};

function where(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const condition = child(node, 1);
  const holds = compile(condition, scope);
  const rows = input.inOrder ? within(input.rows, condition, scope) : input.rows;
  return settled({ ...input, rows: rows.filter((row) => isTruthy(holds.of(row))) });
}

/** Spares a look at rows whose publication alone rules them out. */
function within(rows: readonly Row[], condition: SyntaxNode, scope: Scope): readonly Row[] {
  const { from, to } = publicationSpan(condition, scope);
  const start = firstIndex(rows, ({ published }) => published >= from);
  const end = firstIndex(rows, ({ published }) => published > to);
  return rows.slice(start, end);
}

/** The last list of the node holds one expression for each column that comes out. */
function project(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const columns = node.columns ?? [];
  const items = child(node, node.children.length - 1).children;
  const cells = items.map((item) => compile(unnamed(item), scope));
  if (cells.length !== columns.length) refuse(`${node.words} with several columns for one name`);
  const rows = input.rows.map((row) => ({ ...row, values: cells.map((cell) => cell.of(row)) }));
  return { columns, rows, stored: false, inOrder: false };
}

function extend(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const columns = node.columns ?? [];
  const added = child(node, 0).children.map((item) => {
    if (item.what !== "SimpleNamedExpression") refuse("extend without a name");
    const { name } = child(item, 0);
    return [name, compile(unnamed(item), scope)] as const;
  });
  const cells = columns.map(({ name }) => {
    const found = added.find(([own]) => own === name)?.[1];
    const index = input.columns.findIndex((column) => column.name === name);
    return found === undefined ? (row: Row) => row.values[index] ?? null : found.of;
  });
  const rows = input.rows.map((row) => ({ ...row, values: cells.map((of) => of(row)) }));
  return { ...input, columns, rows };
}

/** Descending unless told; nulls count as the smallest. */
function sort(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const keys = child(node, 1).children.map((item) => {
    const isClause = item.what === "OrderedExpression";
    const clause = isClause ? child(item, 1) : undefined;
    if (clause && clause.children.length > 0) refuse("order by … nulls first or last");
    const by = compile(isClause ? child(item, 0) : item, scope);
    return { by, sign: clause?.words === "asc" ? 1 : -1 };
  });
  const rows = input.rows.toSorted((left, right) => {
    for (const { by, sign } of keys) {
      const way = nullsFirst(by.of(left), by.of(right));
      if (way !== 0) return way * sign;
    }
    return 0;
  });
  return { ...input, rows, inOrder: false };
}

function nullsFirst(left: Value, right: Value): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  return order(left, right);
}

/** Columns of one name and two types come out as `name_type`, one for each type. */
function union(
  input: Frame,
  node: SyntaxNode,
  _scope: Scope,
  frameOf: (node: SyntaxNode) => Frame,
): Frame {
  const columns = node.columns ?? [];
  const legs = child(node, 1).children.map(frameOf);
  // At the start of a query there is no input, so no columns.
  const frames = input.columns.length > 0 ? [input, ...legs] : legs;
  const rows = frames.flatMap((frame) => {
    const places = columns.map(({ name, type }) =>
      frame.columns.findIndex(
        (own) => own.type === type && (own.name === name || `${own.name}_${type}` === name),
      ),
    );
    const missing = columns.map(({ type }) => (type === "string" ? "" : null));
    return frame.rows.map((row) => ({
      ...row,
      values: places.map((place, index) => row.values[place] ?? missing[index] ?? null),
    }));
  });
  return { columns, rows, stored: frames.every(({ stored }) => stored), inOrder: false };
}
