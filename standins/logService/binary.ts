import { areComparable, isText, type Expression } from "./expression.ts";
import type { Row } from "./frame.ts";
import { textOf, type Value } from "./values.ts";

/** Returns a function that computes the operator; undefined if it is not supported for such operands. */
type Binary = (left: Expression, right: Expression) => ((row: Row) => Value) | undefined;

/** Used only by `between`; the operator itself is not supported. */
export const atMost = ordered((left, right) => left <= right);
export const atLeast = ordered((left, right) => left >= right);

/** Operators by the kind of their node. */
export const binaries: Readonly<Record<string, Binary>> = {
  AndExpression: (left, right) => (row) => both(left.of(row), () => right.of(row), false),
  OrExpression: (left, right) => (row) => both(left.of(row), () => right.of(row), true),
  // Whether two nulls are equal is unknown. A null and a value are not equal.
  EqualExpression: comparison((left, right) =>
    left === null && right === null ? null : left === right,
  ),
  NotEqualExpression: comparison((left, right) =>
    left === null && right === null ? null : left !== right,
  ),
  EqualTildeExpression: (left, right) =>
    isText(left) && isText(right)
      ? (row) => textOf(left.of(row)).toLowerCase() === textOf(right.of(row)).toLowerCase()
      : undefined,
  LessThanExpression: ordered((left, right) => left < right),
  GreaterThanExpression: ordered((left, right) => left > right),
  GreaterThanOrEqualExpression: atLeast,
  ContainsExpression: (left, right) =>
    isText(left) && isText(right)
      ? (row) =>
          textOf(left.of(row))
            .toLowerCase()
            .includes(textOf(right.of(row)).toLowerCase())
      : undefined,
};

/** A null is unknown, so the result is decided only if the other side decides it. */
function both(left: Value, right: () => Value, decisive: boolean): Value {
  if (left === decisive) {
    return decisive;
  }
  const other = right();
  if (other === decisive) {
    return decisive;
  }
  return left === null || other === null ? null : !decisive;
}

function ordered(holds: (left: string | number, right: string | number) => boolean): Binary {
  const plain = (value: Value) => typeof value === "string" || typeof value === "number";
  return comparison((left, right) =>
    plain(left) && plain(right) && typeof left === typeof right ? holds(left, right) : null,
  );
}

function comparison(compare: (left: Value, right: Value) => Value): Binary {
  return (left, right) =>
    areComparable(left, right) ? (row) => compare(left.of(row), right.of(row)) : undefined;
}
