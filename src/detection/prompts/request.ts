import type { RequestIds } from "../signin/sighting.ts";

/**
 * Returns a function that names the request of a row. A row without an `OriginalRequestId` takes that of any row
 * with the same `Id`. The result depends only on the set of rows.
 */
export function resolveRequests(rows: Iterable<RequestIds>): (row: RequestIds) => string {
  const originals = new Map<string, string>();
  for (const { request, requestAlias } of rows) {
    const known = requestAlias === null ? undefined : originals.get(requestAlias);
    if (requestAlias !== null && (known === undefined || request < known)) {
      originals.set(requestAlias, request);
    }
  }
  return ({ request, requestBy }) =>
    requestBy === "id" ? (originals.get(request) ?? request) : request;
}
