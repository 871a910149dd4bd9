import { compile, type Scope } from "./compile.ts";
import { child, type SyntaxNode } from "./syntax.ts";

/** Datetimes, both included. */
interface Span {
  readonly from: string;
  readonly to: string;
}

const always: Span = { from: "", to: "~" };

/** What `ingestion_time() OPERATOR limit` leaves. */
const spans: Readonly<Record<string, (limit: string) => Span>> = {
  LessThanExpression: (to) => ({ ...always, to }),
  LessThanOrEqualExpression: (to) => ({ ...always, to }),
  GreaterThanExpression: (from) => ({ ...always, from }),
  GreaterThanOrEqualExpression: (from) => ({ ...always, from }),
};

/** A span that no row outside of which can meet the condition. */
export function publicationSpan(node: SyntaxNode, scope: Scope): Span {
  if (node.what === "ParenthesizedExpression") return publicationSpan(child(node, 0), scope);
  if (node.kind === "AndExpression") {
    const [a, b] = [publicationSpan(child(node, 0), scope), publicationSpan(child(node, 1), scope)];
    return { from: a.from > b.from ? a.from : b.from, to: a.to < b.to ? a.to : b.to };
  }
  if (node.kind === "BetweenExpression" && isPublication(child(node, 0))) {
    const [from, to] = [0, 1].map((end) => datetime(child(child(node, 1), end), scope));
    return { from: from ?? always.from, to: to ?? always.to };
  }
  const span = spans[node.kind];
  if (span === undefined || !isPublication(child(node, 0))) return always;
  const limit = datetime(child(node, 1), scope);
  return limit === undefined ? always : span(limit);
}

function isPublication(node: SyntaxNode): boolean {
  return node.what === "FunctionCallExpression" && child(node, 0).name === "ingestion_time";
}

function datetime(node: SyntaxNode, scope: Scope): string | undefined {
  const { constant, of, type } = compile(node, scope);
  if (!constant || type !== "datetime") return undefined;
  const value = of({ values: [], published: "" });
  return typeof value === "string" ? value : undefined;
}
