import type { Column } from "./columns.ts";

/**
 * A node of the analysed query: Kusto's own tree without its tokens and wrappers. `what` is the class of the
 * node, `kind` tells operators of one class apart.
 */
export interface SyntaxNode {
  readonly what: string;
  readonly kind: string;
  /** The keywords and operators that stand directly in it, such as `order by`. */
  readonly words: string;
  /** Of a reference or declaration: the name, without quotes. */
  readonly name: string;
  /** Of a scalar: Kusto's name of its type, else empty. */
  readonly type: string;
  /** Of a table or pipeline: what it yields. */
  readonly columns: readonly Column[] | undefined;
  /** Where its text stands in the query. */
  readonly start: number;
  readonly end: number;
  readonly children: readonly SyntaxNode[];
}

/** A child that Kusto's grammar puts there. */
export function child(node: SyntaxNode, index: number): SyntaxNode {
  const found = node.children[index];
  if (found === undefined) {
    throw new Error(`${node.what} has no child ${index}.`);
  }
  return found;
}

/** The elements of a list in parentheses. */
export function elements(list: SyntaxNode): readonly SyntaxNode[] {
  return list.what === "ExpressionList" ? child(list, 0).children : list.children;
}

/** `name = expression`, or an expression without a name of its own. */
export function unnamed(node: SyntaxNode): SyntaxNode {
  return node.what === "SimpleNamedExpression" ? child(node, 1) : node;
}
