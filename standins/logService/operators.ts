import { compile, type Scope } from "./compile.ts";
import { constantOf } from "./expression.ts";
import type { Frame, Row } from "./frame.ts";
import { MissingTable, refuse } from "./queryError.ts";
import { summarize } from "./summarize.ts";
import { child, elements, unnamed, type SyntaxNode } from "./syntax.ts";
import type { Value } from "./values.ts";

/** `scope` is that of the input. `frameOf` evaluates a table or pipeline inside the operator. */
type Operator = (
  input: Frame,
  node: SyntaxNode,
  scope: Scope,
  frameOf: (node: SyntaxNode) => Frame,
) => Frame;

/** Query operators by the class of their node. */
export const operators: Readonly<Record<string, Operator>> = {
  FilterOperator: (input, node, scope) => {
    const { of } = compile(child(node, 1), scope);
    return { ...input, rows: input.rows.filter((row) => of(row) === true) };
  },
  ProjectOperator: project,
  PrintOperator: project,
  ExtendOperator: extend,
  TakeOperator: (input, node, scope) => {
    const limit = constantOf(compile(child(node, 1), scope), "take");
    return { ...input, rows: input.rows.slice(0, Number(limit)) };
  },
  SortOperator: sort,
  SummarizeOperator: summarize,
  UnionOperator: union,
  GetSchemaOperator: getSchema,
};

/** The last list of the node has one expression per output column. */
function project(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const columns = node.columns ?? [];
  const items = child(node, node.children.length - 1).children;
  const cells = items.map((item) => compile(unnamed(item), scope));
  if (cells.length !== columns.length) {
    refuse(`${node.words} with several columns for one name`);
  }
  const rows = input.rows.map((row) => ({ ...row, values: cells.map((cell) => cell.of(row)) }));
  return { columns, rows, stored: false };
}

function extend(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const columns = node.columns ?? [];
  const added = child(node, 0).children.map((item) => {
    if (item.what !== "SimpleNamedExpression") {
      refuse("extend without a name");
    }
    return [child(item, 0).name, compile(unnamed(item), scope)] as const;
  });
  const cells = columns.map(({ name }) => {
    const found = added.find(([own]) => own === name)?.[1];
    const index = input.columns.findIndex((column) => column.name === name);
    return found === undefined ? (row: Row) => row.values[index] ?? null : found.of;
  });
  const rows = input.rows.map((row) => ({ ...row, values: cells.map((of) => of(row)) }));
  return { ...input, columns, rows };
}

/** `| union (A), (B)`, or `union isfuzzy=true (A), (B)` at the start, which ignores parts that name a missing table. */
function union(input: Frame, node: SyntaxNode, _: Scope, frameOf: Parameters<Operator>[3]): Frame {
  const isStart = input.columns.length === 0;
  const isFuzzy = isFuzzyUnion(node);
  if (isStart !== isFuzzy) {
    refuse(isStart ? "union at the start of a query without isfuzzy=true" : "union isfuzzy");
  }
  const columns = node.columns ?? [];
  const legs = child(node, 1).children;
  const frames = isFuzzy
    ? legs.flatMap((leg) => unlessMissing(() => frameOf(leg)))
    : [input, ...legs.map(frameOf)];
  const rows = frames.flatMap((frame) => {
    const places = columns.map(({ name }) => frame.columns.findIndex((own) => own.name === name));
    // Kusto splits a column of two types into two with different names.
    const isSplit = places.filter((place) => place >= 0).length < frame.columns.length;
    if (isSplit) {
      refuse("union with a column of two types");
    }
    const missing = columns.map(({ type }) => (type === "string" ? "" : null));
    const values = (row: Row) =>
      places.map((at, index) => row.values[at] ?? missing[index] ?? null);
    return frame.rows.map((row) => ({ ...row, values: values(row) }));
  });
  return { columns, rows, stored: false };
}

function isFuzzyUnion(node: SyntaxNode): boolean {
  const [parameter, ...more] = elements(child(node, 0));
  return parameter !== undefined && more.length === 0 && child(parameter, 0).name === "isfuzzy";
}

function unlessMissing(frame: () => Frame): readonly Frame[] {
  try {
    return [frame()];
  } catch (error) {
    if (error instanceof MissingTable) {
      return [];
    }
    throw error;
  }
}

/** Returns one row for each column of the input. */
function getSchema(input: Frame, node: SyntaxNode): Frame {
  const columns = node.columns ?? [];
  const rows = input.columns.map(({ name, type }, index) => ({
    values: columns.map((column) => schemaValue(column.name, name, type, index)),
    published: "",
  }));
  return { columns, rows, stored: false };
}

function schemaValue(column: string, name: string, type: string, index: number): Value {
  switch (column) {
    case "ColumnName":
      return name;
    case "ColumnOrdinal":
      return index;
    case "ColumnType":
      return type;
    default:
      return "";
  }
}

/** `order by Column asc`, or `desc`. */
function sort(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const [item, ...more] = child(node, 1).children;
  if (item?.what !== "OrderedExpression" || more.length > 0) {
    return refuse("order by in this form");
  }
  const [column, clause] = [child(item, 0), child(item, 1)];
  const descending = clause.words === "desc";
  const isPlain = column.what === "NameReference" && (descending || clause.words === "asc");
  if (!isPlain || clause.children.length > 0) {
    return refuse("order by in this form");
  }
  const { of } = compile(column, scope);
  const sign = descending ? -1 : 1;
  const rows = input.rows.toSorted((a, b) => ((of(a) ?? "") < (of(b) ?? "") ? -sign : sign));
  return { ...input, rows };
}
