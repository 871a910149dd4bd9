import { claimsOf, type TokenClaims } from "../identity.ts";
import { Problem } from "./problem.ts";

export interface Audiences {
  /** Accepted audiences of tokens, with or without a slash at the end. Default: any. */
  readonly audiences?: readonly string[];
}

/** @throws {Problem} 401 without a token, or with one for another service or another time */
export function authenticate(
  token: string | undefined,
  { audiences }: Audiences,
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

// A `claims` challenge would make clients request another token. ARM sends none for these.
const unauthenticated = (code: string, message: string) =>
  new Problem(401, code, message, {
    "www-authenticate": 'Bearer authorization_uri="https://login.microsoftonline.com/common"',
  });

const plain = (audience: string) => audience.replace(/\/$/, "");
