import type { Column } from "./columns.ts";
import { execute } from "./execute.ts";
import type { Frame, Row } from "./frame.ts";
import type { Analyser, Problem } from "./kusto.ts";
import { MissingTable, QueryError, refuse, unresolved } from "./queryError.ts";
import type { Store } from "./store.ts";
import type { Timespan } from "./timespan.ts";

export interface Question {
  readonly query: string;
  readonly workspaceIds: readonly string[];
  readonly timespan: Timespan | undefined;
  /** A datetime. */
  readonly now: string;
  /** Reports whether a workspace lacks a table. Default: it lacks none. */
  readonly missing?: (workspaceId: string, table: string) => boolean;
}

/** Answers a query on everything ingested by now. A QueryError says why it cannot. */
export function runQuery(question: Question, analyser: Analyser, store: Store): Frame {
  const { workspaceIds, timespan, now, missing } = question;
  const query = withWatchlists(question.query, store);
  const { problems, statements } = analyser(query);
  const [problem] = problems;
  if (problem !== undefined) {
    throw invalid(problem);
  }
  return execute(query, statements, {
    now,
    tableNamed(name) {
      const columns = store.columnsOf(name) ?? refuse(`table ${name}`);
      if (workspaceIds.some((workspaceId) => missing?.(workspaceId, name))) {
        throw new MissingTable(name);
      }
      const lists = workspaceIds.map((workspaceId) => store.visible(workspaceId, name, now));
      const rows = lists.length === 1 && lists[0] ? lists[0] : lists.flat();
      const inside = timespan && within(columns, timespan);
      return { columns, rows: inside ? rows.filter(inside) : rows, stored: true };
    },
  });
}

/**
 * Returns the name of the table that stands in for a watchlist, because its columns must be known in advance. As in
 * Azure, an unknown alias has no rows.
 */
export function withWatchlists(query: string, store: Pick<Store, "columnsOf">): string {
  return query.replace(/_GetWatchlist\("([\w.-]+)"\)/g, (_, alias: string) => {
    const table = `watchlist ${alias}`;
    return `['${store.columnsOf(table) === undefined ? "watchlist" : table}']`;
  });
}

function within(columns: readonly Column[], { from, to }: Timespan): (row: Row) => boolean {
  const place = columns.findIndex(({ name }) => name === "TimeGenerated");
  return ({ values }) => {
    const at = values[place];
    return typeof at !== "string" || (at >= from && at <= to);
  };
}

/** Codes of the parser. All others are from the analyser. */
const syntaxCode = /^KS(0\d\d|176)$/;

/** The analyser's codes for a name that it cannot resolve, in general and for tables. */
const unresolvedCodes = ["KS142", "KS204"];

function invalid({ code, message, start }: Problem): QueryError {
  const text = `${code} at ${start}: ${message}`;
  const name = unresolvedCodes.includes(code) ? /'([^']+)'/.exec(message)?.[1] : undefined;
  return new QueryError("BadArgumentError", "The request had some invalid properties", {
    code: syntaxCode.test(code) ? "SyntaxError" : "SemanticError",
    message: text,
    ...(name !== undefined && { innererror: unresolved(name) }),
  });
}
