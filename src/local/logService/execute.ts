import { compile, type Scope } from "./compile.ts";
import type { Expression } from "./expression.ts";
import { settled, type Frame } from "./frame.ts";
import { operators } from "./operators.ts";
import { QueryError, refuse } from "./queryError.ts";
import { child, elements, type SyntaxNode } from "./syntax.ts";

/** What a query is executed on. */
export interface Data {
  /** The visible rows of a table. */
  tableNamed(name: string): Frame;
  /** A datetime. */
  readonly now: string;
}

/** What comes before the first operator of `print` and `union`: one row of nothing. */
const unit: Frame = {
  columns: [],
  rows: [{ values: [], published: "" }],
  stored: false,
  inOrder: false,
};

/** Executes an analysed query: any number of `let`, then one pipeline. */
export function execute(query: string, statements: readonly SyntaxNode[], data: Data): Frame {
  const scalars = new Map<string, Expression>();
  const tables = new Map<string, SyntaxNode>();
  const scopeOf = ({ columns, stored }: Frame): Scope => {
    return { query, columns, stored, lets: scalars, now: data.now };
  };

  const frameOf = (node: SyntaxNode): Frame => {
    if (node.what === "ParenthesizedExpression") return frameOf(child(node, 0));
    if (node.what === "PipeExpression") return apply(child(node, 1), frameOf(child(node, 0)));
    if (node.what !== "NameReference") return apply(node, unit);
    const body = tables.get(node.name);
    return body === undefined ? data.tableNamed(node.name) : frameOf(body);
  };

  const apply = (node: SyntaxNode, input: Frame): Frame => {
    const operator = operators[node.what] ?? refuse(nameOf(node));
    refuseHints(node);
    const isWhere = node.what === "FilterOperator";
    const settledFrameOf = (inner: SyntaxNode) => settled(frameOf(inner));
    return operator(isWhere ? input : settled(input), node, scopeOf(input), settledFrameOf);
  };

  for (const statement of statements.slice(0, -1)) {
    if (statement.what !== "LetStatement") refuse("; between two queries");
    const [{ name }, body] = [child(statement, 0), child(statement, 1)];
    if (body.columns === undefined) scalars.set(name, compile(body, scopeOf(unit)));
    else tables.set(name, body);
  }
  const last = statements.at(-1);
  if (last?.what !== "ExpressionStatement") {
    throw new QueryError("BadArgumentError", "The query holds no statement that yields rows.");
  }
  if (child(last, 0).columns === undefined) refuse("that yields no rows");
  return settled(frameOf(child(last, 0)));
}

/** Hints and parameters change what an operator means; `isfuzzy` does nothing where all tables exist. */
function refuseHints(node: SyntaxNode): void {
  const hints = node.children.flatMap(elements).filter(({ what }) => what === "NamedParameter");
  for (const hint of hints) {
    const { name } = child(hint, 0);
    if (name !== "isfuzzy") refuse(`${nameOf(node)} ${name}=`);
  }
}

function nameOf(node: SyntaxNode): string {
  return node.words || `${node.children[0]?.name || node.what}()`;
}
