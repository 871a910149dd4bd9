import type { Column } from "./columns.ts";
import type { Frame } from "./frame.ts";
import { textOf, type Value } from "./values.ts";

type Cell = string | number | boolean | null;

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly innererror?: object;
  readonly details?: readonly object[];
}

/** The body of an answer of the query API. */
export interface Answer {
  readonly tables?: readonly {
    readonly name: "PrimaryResult";
    readonly columns: readonly Column[];
    readonly rows: readonly (readonly Cell[])[];
  }[];
  readonly error?: ErrorBody;
}

/** @param limit the maximum number of rows; more make a partial error */
export function answerOf({ columns, rows }: Frame, limit: number): Answer {
  const name = "PrimaryResult" as const;
  const cells = rows
    .slice(0, limit)
    .map(({ values }) => columns.map(({ type }, index) => cellOf(values[index] ?? null, type)));
  const tables = [{ name, columns, rows: cells }];
  return rows.length > limit ? { tables, error: tooLarge(limit) } : { tables };
}

/** Half of the rows, and an error without a useful reason. */
export function partialAnswerOf(frame: Frame): Answer {
  const half = Math.floor(frame.rows.length / 2);
  return {
    ...answerOf({ ...frame, rows: frame.rows.slice(0, half) }, half),
    error: partialError("-2133196793", "Query was stopped before it was through."),
  };
}

export function errorAnswer(code: string, message: string, innererror?: object): Answer {
  return { error: { code, message, ...(innererror && { innererror }) } };
}

function tooLarge(limit: number): ErrorBody {
  return partialError(
    "-2133196797",
    `The results of this query exceed the set limit of ${limit} records, so not all records were ` +
      "returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003).",
  );
}

/** Nested as in Log Analytics. Azure's client passes on code and message of the outermost. */
function partialError(code: string, message: string): ErrorBody {
  const innererror = { code, message, severity: 2, severityName: "Error" };
  return {
    code: "PartialError",
    message: "There were some errors when processing your query.",
    details: [
      {
        code: "EngineError",
        message: "Something went wrong processing your query on the server.",
        innererror,
      },
    ],
  };
}

/** Dynamic values are sent as JSON text; a dynamic string is sent unchanged. */
function cellOf(value: Value, type: string): Cell {
  if (value === null) {
    return type === "string" ? "" : null;
  }
  if (typeof value === "object") {
    return textOf(value);
  }
  return type === "dynamic" ? textOf(value) : value;
}
