import type { Scope } from "./compile.ts";
import type { Frame } from "./frame.ts";
import { operators } from "./operators.ts";
import { QueryError, refuse } from "./queryError.ts";
import { child, elements, type SyntaxNode } from "./syntax.ts";

/** The data of a query. */
export interface Data {
  /** Returns the visible rows of a table. */
  tableNamed(name: string): Frame;
  /** A datetime. */
  readonly now: string;
}

/** The input of `print`: one row without columns. */
const unit: Frame = { columns: [], rows: [{ values: [], published: "" }], stored: false };

/** Executes an analysed query with one pipeline. */
export function execute(query: string, statements: readonly SyntaxNode[], data: Data): Frame {
  const frameOf = (node: SyntaxNode): Frame => {
    if (node.what === "ParenthesizedExpression") {
      return frameOf(child(node, 0));
    }
    if (node.what === "PipeExpression") {
      return apply(child(node, 1), frameOf(child(node, 0)));
    }
    return node.what === "NameReference" ? data.tableNamed(node.name) : apply(node, unit);
  };

  const apply = (node: SyntaxNode, input: Frame): Frame => {
    const operator = operators[node.what] ?? refuse(nameOf(node));
    // Hints and parameters change the meaning of an operator.
    const hint = node.children.flatMap(elements).find(({ what }) => what === "NamedParameter");
    if (hint && child(hint, 0).name !== "isfuzzy") {
      refuse(`${nameOf(node)} ${child(hint, 0).name}=`);
    }
    const scope: Scope = {
      query,
      columns: input.columns,
      stored: input.stored,
      now: data.now,
      frameOf,
    };
    return operator(input, node, scope, frameOf);
  };

  const [only, ...more] = statements;
  if (only === undefined) {
    throw new QueryError("BadArgumentError", "The query is empty.");
  }
  if (only.what !== "ExpressionStatement") {
    refuse(only.words || only.what);
  }
  if (more.length > 0) {
    refuse("; between two queries");
  }
  if (child(only, 0).columns === undefined) {
    refuse("that yields no rows");
  }
  return frameOf(child(only, 0));
}

function nameOf(node: SyntaxNode): string {
  return node.words || `${node.children[0]?.name || node.what}()`;
}
