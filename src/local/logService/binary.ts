import { datetimeOfTicks, ticksOf } from "./datetime.ts";
import { areComparable, constantOf, isText, type Expression } from "./expression.ts";
import type { Row } from "./frame.ts";
import { termMatcher } from "./terms.ts";
import { order, textOf, type Value } from "./values.ts";

/** Gives what computes the operator, or undefined where it is not executed on such operands. */
type Binary = (left: Expression, right: Expression) => ((row: Row) => Value) | undefined;

/** Operators by the kind of their node. */
export const binaries: Readonly<Record<string, Binary>> = {
  AndExpression: (left, right) => (row) => both(left.of(row), () => right.of(row), false),
  OrExpression: (left, right) => (row) => both(left.of(row), () => right.of(row), true),
  EqualExpression: comparison(equals),
  NotEqualExpression: comparison((left, right) => negated(equals(left, right))),
  LessThanExpression: comparison(ordered((sign) => sign < 0)),
  LessThanOrEqualExpression: comparison(ordered((sign) => sign <= 0)),
  GreaterThanExpression: comparison(ordered((sign) => sign > 0)),
  GreaterThanOrEqualExpression: comparison(ordered((sign) => sign >= 0)),
  EqualTildeExpression: textual((text, other) => text === other),
  ContainsExpression: textual((text, needle) => text.includes(needle)),
  StartsWithExpression: textual((text, start) => text.startsWith(start)),
  HasExpression: (left, right) => {
    if (!isText(left) || !isText(right)) return undefined;
    const matcher = termMatcher([textOf(constantOf(right, "has"))]);
    return (row) => matcher(textOf(left.of(row)));
  },
  AddExpression: arithmetic(1n),
  SubtractExpression: arithmetic(-1n),
};

/** A null is unknown: it decides nothing that the other side does not decide. */
function both(left: Value, right: () => Value, decisive: boolean): Value {
  if (left === decisive) return decisive;
  const other = right();
  if (other === decisive) return decisive;
  return left === null || other === null ? null : !decisive;
}

/** Of two nulls it is unknown whether they are equal; a null and a value are not. */
function equals(left: Value, right: Value): boolean | null {
  if (left === null || right === null) return left === right ? null : false;
  return typeof left === typeof right && order(left, right) === 0;
}

export function negated(value: Value): Value {
  return typeof value === "boolean" ? !value : null;
}

function ordered(holds: (sign: number) => boolean) {
  return (left: Value, right: Value): Value =>
    left === null || right === null || typeof left !== typeof right
      ? null
      : holds(order(left, right));
}

function comparison(compare: (left: Value, right: Value) => Value): Binary {
  return (left, right) =>
    areComparable(left, right) ? (row) => compare(left.of(row), right.of(row)) : undefined;
}

/** Whatever the case of the letters. */
function textual(holds: (text: string, other: string) => boolean): Binary {
  return (left, right) =>
    isText(left) && isText(right)
      ? (row) => holds(textOf(left.of(row)).toLowerCase(), textOf(right.of(row)).toLowerCase())
      : undefined;
}

/** On datetimes and timespans only. */
function arithmetic(sign: 1n | -1n): Binary {
  return (left, right) => {
    const times = new Set(["datetime", "timespan"]);
    if (!times.has(left.type) || !times.has(right.type)) return undefined;
    // A datetime comes out where exactly one went in.
    const isPoint = (left.type === "datetime") !== (right.type === "datetime");
    return (row) => {
      const [a, b] = [ticks(left.of(row)), ticks(right.of(row))];
      if (a === undefined || b === undefined) return null;
      return isPoint ? datetimeOfTicks(a + sign * b) : a + sign * b;
    };
  };
}

function ticks(value: Value): bigint | undefined {
  if (typeof value === "bigint") return value;
  return typeof value === "string" ? ticksOf(value) : undefined;
}
