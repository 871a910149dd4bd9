import { isFields } from "../../detection/signin/fields.ts";
import { codeOf } from "../../azure/upstream.ts";

/** An error of the query API, nested to any depth. */
interface QueryFault {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly innererror?: unknown;
}

export interface QueryProblem {
  /** The codes from the outermost to the innermost. */
  readonly codes: readonly string[];
  /** How to fix the problem; null if only the codes are known. */
  readonly hint: string | null;
}

/** Maximum depth that is read. Documented answers have two levels, but a proxy could send anything. */
const deepest = 5;

/**
 * Returns why a query was refused. Messages quote the query, which names users, so a name is taken from a message
 * only if it occurs in the query's own template.
 */
export function queryProblem(body: unknown, template: string): QueryProblem {
  const faults = faultsIn(body);
  const codes = faults.flatMap((fault) => codeOf(fault) ?? []);
  const messages = faults.flatMap(({ message }) => (typeof message === "string" ? [message] : []));
  return { codes, hint: hintOf(codes, messages.join("\n"), template) };
}

function faultsIn(body: unknown): readonly QueryFault[] {
  const faults: QueryFault[] = [];
  let next = isFields(body) ? body["error"] : null;
  while (isFields(next) && faults.length < deepest) {
    faults.push(next);
    next = next["innererror"];
  }
  return faults;
}

function hintOf(codes: readonly string[], messages: string, template: string): string | null {
  if (codes.includes("UnsupportedApiQueryValidationError")) {
    return "the table is on the Basic, Auxiliary or data lake plan, which this API cannot query; set it to the Analytics plan";
  }
  if (!codes.some((code) => code === "SemanticError" || /^SEM\d+$/.test(code))) {
    return null;
  }
  const name = unresolvedName(messages, template);
  if (name === null) {
    return null;
  }
  return isTable(name, template)
    ? `the workspace has no table ${name}: send it there with a diagnostic setting of Microsoft Entra ID (needs Entra ID P1), and check that the table is on the Analytics plan`
    : `the table lacks the column ${name}`;
}

/** `Failed to resolve table or column expression named 'SigninLogs'` */
function unresolvedName(messages: string, template: string): string | null {
  const name = /named '(\w{1,100})'/.exec(messages)?.[1];
  return name !== undefined && new RegExp(`\\b${name}\\b`).test(template) ? name : null;
}

/** Reports whether a name is a table: a template begins with its table, or names it in a `union` or `join`. */
function isTable(name: string, template: string): boolean {
  return new RegExp(`(?:^|\\(|union\\s+)\\s*${name}\\s*$`, "m").test(template);
}
