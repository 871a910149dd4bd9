import type { Column } from "./columns.ts";

/**
 * A node of the analysed query: Kusto's own tree without its tokens and wrappers. `what` is the class of the node;
 * `kind` distinguishes operators of one class.
 */
export interface SyntaxNode {
  readonly what: string;
  readonly kind: string;
  /** The keywords and operators directly in it, such as `order by`. */
  readonly words: string;
  /** The name in a reference or declaration, without quotes. */
  readonly name: string;
  /** Kusto's name of the type of a scalar, otherwise empty. */
  readonly type: string;
  /** The columns that a table or pipeline yields. */
  readonly columns: readonly Column[] | undefined;
  /** The position of its text in the query. */
  readonly start: number;
  readonly end: number;
  readonly children: readonly SyntaxNode[];
}

/** Returns a child that Kusto's grammar guarantees. */
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
