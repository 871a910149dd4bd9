import type { Audiences } from "../service/authenticate.ts";
import type { TokenClaims } from "../identity.ts";
import type { Address } from "./address.ts";
import { Problem } from "../service/problem.ts";

export interface AccessOptions extends Audiences {
  /** Reports whether the caller's roles allow the action, such as `Microsoft.SecurityInsights/incidents/write`. */
  readonly allows?: (action: string, claims: TokenClaims | undefined) => boolean;
}

/** @throws {Problem} 403 that names the action, as Azure does */
export function authorize(
  method: string,
  address: Address,
  claims: TokenClaims | undefined,
  { allows }: AccessOptions,
): void {
  const kind = address.children ? `incidents/${address.children}` : "incidents";
  const verb = { PUT: "write", DELETE: "delete" }[method] ?? "read";
  const action = `Microsoft.SecurityInsights/${kind}/${verb}`;
  if (allows && !allows(action, claims)) {
    throw new Problem(
      403,
      "AuthorizationFailed",
      `The client '${claims?.appid ?? "unknown"}' with object id '${claims?.oid ?? "unknown"}' does not ` +
        `have authorization to perform action '${action}' over scope '${address.workspace}' or the scope ` +
        "is invalid. If access was recently granted, please refresh your credentials.",
    );
  }
}
