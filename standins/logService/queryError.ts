interface InnerError {
  readonly code: string;
  readonly message: string;
  readonly innererror?: InnerError;
}

/** Why a query is answered with 400. */
export class QueryError extends Error {
  override readonly name: string = "QueryError";
  readonly code: string;
  /** Log Analytics gives the reason here. Its `message` is the same for all. */
  readonly inner: InnerError | undefined;

  constructor(code: string, message: string, inner?: InnerError) {
    super(message);
    this.code = code;
    this.inner = inner;
  }
}

/** The workspace lacks a table, or the caller may not read it. Log Analytics answers both the same way. */
export class MissingTable extends QueryError {
  constructor(table: string) {
    super("BadArgumentError", "The request had some invalid properties", {
      code: "SemanticError",
      message: "A semantic error occurred.",
      innererror: unresolved(table),
    });
  }
}

/** The service's error for an unknown table or column. */
export function unresolved(name: string): InnerError {
  const message = `'where' operator: Failed to resolve table or column expression named '${name}'`;
  return { code: "SEM0100", message };
}

/** @param what an operator, function or form that Kusto may support, but the stand-in does not */
export function refuse(what: string): never {
  throw new QueryError(
    "StandInRefused",
    `StandInRefused: operator ${what} is not executed by this stand-in.`,
  );
}
