import type { Row } from "./frame.ts";
import { refuse } from "./queryError.ts";
import type { Value } from "./values.ts";

/** A compiled scalar expression. */
export interface Expression {
  /** Kusto's name of its type. */
  readonly type: string;
  /** Whether it has the same value for every row. */
  readonly constant: boolean;
  readonly of: (row: Row) => Value;
}

const nothing: Row = { values: [], published: "" };

export function constantOf(expression: Expression, what: string): Value {
  if (!expression.constant) {
    refuse(`${what} with a value that differs from row to row`);
  }
  return expression.of(nothing);
}

/** Computes an expression only once if it is the same for every row. */
export function folded(expression: Expression): Expression {
  if (!expression.constant) {
    return expression;
  }
  const value = expression.of(nothing);
  return { ...expression, of: () => value };
}

export function isText({ type }: Expression): boolean {
  return type === "string" || type === "dynamic";
}

/** Reports whether Kusto compares the two. The analyser accepts a string and a number; Kusto does not. */
export function areComparable(left: Expression, right: Expression): boolean {
  const plain = new Set(["int", "long", "string", "bool", "dynamic"]);
  const isDynamic = left.type === "dynamic" || right.type === "dynamic";
  return left.type === right.type || (isDynamic && plain.has(left.type) && plain.has(right.type));
}
