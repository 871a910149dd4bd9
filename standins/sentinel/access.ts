import { claimsOf, type TokenClaims } from "../identity.ts";
import type { Address } from "./address.ts";
import { Problem } from "./problem.ts";

export interface AccessOptions {
  /** Accepted audiences of tokens, with or without a slash at the end. Default: any. */
  readonly audiences?: readonly string[];
  /** Reports whether the caller's roles allow the action, such as `Microsoft.SecurityInsights/incidents/write`. */
  readonly allows?: (action: string, claims: TokenClaims | undefined) => boolean;
}

/** @throws {Problem} 401 without a token, or with one for another service or another time */
export function authenticate(
  token: string | undefined,
  { audiences }: AccessOptions,
  now: number,
): TokenClaims | undefined {
  if (token === undefined) {
    throw unauthenticated(
      "AuthenticationFailed",
      "Authentication failed. The 'Authorization' header is missing.",
    );
  }
  const claims = claimsOf(token);
  if (claims && claims.exp * 1000 <= now) {
    throw unauthenticated("ExpiredAuthenticationToken", "The access token has expired.");
  }
  const known = audiences?.map(plain);
  if (known && !known.includes(plain(claims?.aud ?? ""))) {
    throw unauthenticated(
      "InvalidAuthenticationTokenAudience",
      `The access token has been obtained for wrong audience or resource '${claims?.aud ?? ""}'. ` +
        `It should exactly match with one of the allowed audiences '${known.join("','")}'.`,
    );
  }
  return claims;
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

// A `claims` challenge would make clients request another token. ARM sends none for these.
const unauthenticated = (code: string, message: string) =>
  new Problem(401, code, message, {
    "www-authenticate": 'Bearer authorization_uri="https://login.microsoftonline.com/common"',
  });

const plain = (audience: string) => audience.replace(/\/$/, "");
