import type { HttpResponseInit } from "@azure/functions";
import type { FieldProblem } from "../src/settings/backfillRequest.ts";

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Returns a problem document (RFC 9457). `errors` names every field that is wrong. */
export function problem(
  status: number,
  detail: string,
  errors: readonly FieldProblem[] = [],
): HttpResponseInit {
  return {
    status,
    headers: { "content-type": "application/problem+json" },
    body: JSON.stringify({
      type: "about:blank",
      title: titles[status] ?? "Error",
      status,
      detail,
      ...(errors.length > 0 ? { errors } : {}),
    }),
  };
}
