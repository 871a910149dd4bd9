import { createRequire } from "node:module";
import type { Column, TableSchema } from "./columns.ts";
import type { SyntaxNode } from "./syntax.ts";

/** A problem that Microsoft's analyser finds in a query. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly start: number;
}

interface Analysis {
  readonly problems: readonly Problem[];
  readonly statements: readonly SyntaxNode[];
  readonly columns: readonly Column[];
}

export type Analyser = (query: string) => Analysis;

/**
 * Parses and analyses queries over these tables with Microsoft's own language service, which is loaded for the
 * first one (about a second).
 */
export function createAnalyser(tables: Readonly<Record<string, TableSchema>>): Analyser {
  let globals: object | undefined;
  const seen = new Map<string, Analysis>();
  return (query) => {
    const shape = shapeOf(query);
    const known = seen.get(shape);
    if (known !== undefined) {
      return known;
    }
    globals ??= globalsFor(tables);
    const analysis = analyse(shape, globals);
    // Bounded; the oldest is dropped first.
    for (const key of seen.keys()) {
      if (seen.size >= 256) {
        seen.delete(key);
      }
    }
    seen.set(shape, analysis);
    return analysis;
  };
}

/**
 * Queries that differ only in the digits of datetimes have the same tree: literals are read from the query's text,
 * by position. Slices of a range are such queries, and analysing is the slow part of answering one.
 */
function shapeOf(query: string): string {
  return query.replace(/datetime\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\)/g, (literal) =>
    literal.replace(/\d/g, "0"),
  );
}

function analyse(query: string, globals: object): Analysis {
  const code = load().Kusto.Language.KustoCode.ParseAndAnalyze(query, globals);
  const problems = listed(code.GetDiagnostics()).filter(({ Severity }) => Severity === "Error");
  const statements = code.Syntax.GetChild(1);
  return {
    problems: problems.map(({ Code, Message, Start }) => ({
      code: Code,
      message: Message,
      start: Start,
    })),
    statements: statements === null ? [] : childrenOf(statements),
    columns: columnsOf(code.ResultType ?? undefined) ?? [],
  };
}

function globalsFor(tables: Readonly<Record<string, TableSchema>>): object {
  const { Symbols, GlobalState } = load().Kusto.Language;
  const symbols = Object.entries(tables).map(([name, schema]) => {
    const columns = Object.entries(schema).map(([column, type]) => `['${column}']:${type}`);
    return new Symbols.TableSymbol.$ctor7(name, `(${columns.join(",")})`, null);
  });
  const database = new Symbols.DatabaseSymbol.ctor("workspace", symbols);
  return GlobalState.Default.WithDatabase(database).WithCache();
}

function convert(node: ForeignNode): SyntaxNode {
  const what = className(node);
  const scalar = node.ResultType ?? undefined;
  const columns = columnsOf(scalar);
  return {
    what,
    kind: kindOf(node),
    words: partsOf(node)
      .filter(isToken)
      .map(({ Text }) => Text)
      .filter((text) => !/^[()[\]{},;|]$/.test(text))
      .join(" "),
    name: node.SimpleName ?? "",
    type: columns === undefined ? (scalar?.Name ?? "") : "",
    columns,
    start: node.TextStart,
    end: node.End,
    children: childrenOf(node),
  };
}

function childrenOf(node: ForeignNode): readonly SyntaxNode[] {
  return partsOf(node)
    .filter((part) => !isToken(part))
    .map((part) => (className(part).startsWith("SeparatedElement") ? partsOf(part)[0] : part))
    .flatMap((part) => (part === undefined ? [] : [convert(part)]));
}

function partsOf(node: ForeignNode): readonly ForeignNode[] {
  return Array.from({ length: node.ChildCount }, (_, index) => node.GetChild(index)).filter(
    (part) => part !== null,
  );
}

function isToken(node: ForeignNode): boolean {
  return className(node).startsWith("SyntaxToken");
}

function className(node: ForeignNode): string {
  const name = load().Bridge.getTypeName(node);
  // The names of generic classes include their arguments.
  return name.replace("Kusto.Language.Syntax.", "").replace(/`.*/, "");
}

function kindOf(node: ForeignNode): string {
  const { System, Kusto } = load();
  return System.Enum.toString(Kusto.Language.Syntax.SyntaxKind, node.Kind);
}

const columnLists = new WeakMap<ForeignType, readonly Column[]>();

function columnsOf(type: ForeignType | undefined): readonly Column[] | undefined {
  if (type?.Columns === undefined) {
    return undefined;
  }
  const known = columnLists.get(type);
  if (known !== undefined) {
    return known;
  }
  const columns = listed(type.Columns).map(({ Name, Type }) => ({ name: Name, type: Type.Name }));
  columnLists.set(type, columns);
  return columns;
}

function listed<T>(list: ForeignList<T>): readonly T[] {
  return Array.from({ length: list.Count }, (_, index) => list.getItem(index));
}

/** The used parts of the language service, which is C# translated to JavaScript. */
interface Foreign {
  readonly Bridge: { getTypeName(value: object): string };
  readonly System: { readonly Enum: { toString(type: object, value: number): string } };
  readonly Kusto: {
    readonly Language: {
      readonly KustoCode: { ParseAndAnalyze(query: string, globals: object): ForeignCode };
      readonly GlobalState: {
        readonly Default: { WithDatabase(database: object): { WithCache(): object } };
      };
      readonly Symbols: {
        readonly TableSymbol: {
          readonly $ctor7: new (name: string, schema: string, description: null) => object;
        };
        readonly DatabaseSymbol: {
          readonly ctor: new (name: string, tables: readonly object[]) => object;
        };
      };
      readonly Syntax: { readonly SyntaxKind: object };
    };
  };
}

interface ForeignList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

interface ForeignType {
  readonly Name: string;
  readonly Columns?: ForeignList<{ readonly Name: string; readonly Type: { Name: string } }>;
}

interface ForeignNode {
  readonly ChildCount: number;
  readonly Kind: number;
  readonly Text: string;
  readonly SimpleName?: string;
  readonly ResultType?: ForeignType | null;
  readonly TextStart: number;
  readonly End: number;
  GetChild(index: number): ForeignNode | null;
}

interface ForeignCode {
  readonly Syntax: ForeignNode;
  readonly ResultType: ForeignType | null;
  GetDiagnostics(): ForeignList<{
    readonly Severity: string;
    readonly Code: string;
    readonly Message: string;
    readonly Start: number;
  }>;
}

let loaded: Foreign | undefined;

/** The package defines three globals instead of exporting anything. */
function load(): Foreign {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url);
    // In this order, because the second depends on the first.
    void require("@kusto/language-service-next/bridge.min.js");
    void require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
    loaded = globalThis as unknown as Foreign;
  }
  return loaded;
}
