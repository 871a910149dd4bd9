import { Problem } from "../service/problem.ts";

/** The newest stable version, and the only one that the stand-in supports. */
export const apiVersion = "2025-09-01";

/** @throws {Problem} 400 */
export function checkApiVersion(asked: string | undefined): void {
  if (asked === undefined) {
    throw new Problem(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  if (asked !== apiVersion) {
    throw new Problem(
      400,
      "NoRegisteredProviderFound",
      `No registered resource provider found for API version '${asked}' for type 'incidents'. ` +
        `The supported api-versions are '${apiVersion}'.`,
    );
  }
}
