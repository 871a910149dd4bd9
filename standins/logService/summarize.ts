import { compile, type Scope } from "./compile.ts";
import type { Frame, Row } from "./frame.ts";
import { refuse } from "./queryError.ts";
import { child, elements, type SyntaxNode } from "./syntax.ts";

/** `summarize arg_min(Column, *) by Names`: of each group the row with the smallest; nulls are passed over. */
export function summarize(input: Frame, node: SyntaxNode, scope: Scope): Frame {
  const by = node.children[2]?.children[0]?.children ?? [];
  if (by.some(({ what }) => what !== "NameReference")) {
    refuse("summarize by an expression");
  }
  const [call, another] = child(node, 1).children;
  if (call?.what !== "FunctionCallExpression" || another) {
    return refuse("summarize of such a form");
  }
  const { name } = child(call, 0);
  if (name !== "arg_min") {
    refuse(`${name}()`);
  }
  const [column, star, ...more] = elements(child(call, 1));
  const isPlain = column?.what === "NameReference" && star?.what === "StarExpression";
  if (!isPlain || more.length > 0) {
    return refuse("arg_min() in another form than (column, *)");
  }
  if (by.length === 0) {
    refuse("arg_min() without by");
  }

  const keys = by.map((each) => compile(each, scope));
  const { of } = compile(column, scope);
  const groups = new Map<string, Row>();
  for (const row of input.rows) {
    const key = JSON.stringify(keys.map((each) => each.of(row)));
    const [best, value] = [groups.get(key), of(row)];
    const least = best && of(best);
    const isLess = value !== null && (least === undefined || least === null || value < least);
    if (best === undefined || isLess) {
      groups.set(key, row);
    }
  }
  const columns = node.columns ?? [];
  const places = columns.map((own) => input.columns.findIndex((each) => each.name === own.name));
  const rows = Array.from(groups.values(), (row) => ({
    values: places.map((place) => row.values[place] ?? null),
    published: "",
  }));
  return { columns, rows, stored: false };
}
