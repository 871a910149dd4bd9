import type { IncomingMessage, ServerResponse } from "node:http";
import { randomUUID } from "node:crypto";
import { Faults } from "./service/faults.ts";
import { serve } from "./service/serve.ts";

/** The claims of a token that the stand-ins check. Times are epoch seconds. */
export interface TokenClaims {
  readonly aud: string;
  readonly appid: string;
  readonly oid: string;
  readonly tid: string;
  readonly iss: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
}

export interface IdentityOptions {
  /** The only user-assigned identity. Default: any. */
  readonly clientId?: string;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  readonly lifetimeMs?: number;
}

type IdentityFault = { readonly status: number } | { readonly expired: true };

interface TokenRequest {
  readonly resource: string;
  readonly clientId: string | undefined;
  readonly status: number;
}

export interface Identity {
  /** The environment for the process that gets the identity. */
  readonly env: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  readonly requests: readonly TokenRequest[];
  /** Makes the next requests (default: one) end with the fault. */
  fail(fault: IdentityFault, times?: number): void;
  /** Forgets faults that have not occurred yet. */
  heal(): void;
  stop(): Promise<void>;
}

const apiVersion = "2019-08-01";
const dayMs = 24 * 60 * 60 * 1000;
const tenant = "00000000-0000-0000-0000-00000000c0de";
const systemAssigned = "00000000-0000-0000-0000-0000000000a5";

/**
 * A stand-in for the managed identity of an App Service, over plain http on loopback like the original, for tests
 * and the local demonstration. Its tokens are not signed, so only the other stand-ins and Azurite accept them, and
 * Azurite uses the real time. `ManagedIdentityCredential` keeps the first endpoint that it sees for the life of its
 * process, so one process can use only one of these.
 */
export async function startIdentity(options: IdentityOptions = {}): Promise<Identity> {
  const { clock = Date.now, lifetimeMs = dayMs, clientId: only } = options;
  const secret = randomUUID();
  const requests: TokenRequest[] = [];
  const faults = new Faults<IdentityFault, string>();

  const { url, stop } = await serve(null, async (message, response) => {
    const query = new URL(message.url ?? "/", "http://127.0.0.1").searchParams;
    const resource = query.get("resource") ?? "";
    const clientId = query.get("client_id") ?? undefined;
    const fault = faults.take(resource);
    const [status, body] = refusal(message, query, fault) ?? [
      200,
      grant(resource, clientId, fault),
    ];
    requests.push({ resource, clientId, status });
    send(response, status, body);
  });

  function refusal(message: IncomingMessage, query: URLSearchParams, fault?: IdentityFault) {
    if (message.headers["x-identity-header"] !== secret) {
      return problem(401, "The X-IDENTITY-HEADER header is missing or wrong.");
    }
    if (fault && "status" in fault) {
      return problem(fault.status, "The stand-in was told to fail.");
    }
    if (query.get("api-version") !== apiVersion) {
      return problem(400, `The api-version must be ${apiVersion}.`);
    }
    if (!query.get("resource")) {
      return problem(400, "The resource is missing.");
    }
    const asked = query.get("client_id");
    if (only !== undefined && asked !== only) {
      return problem(400, `No managed identity found for client id '${asked ?? ""}'.`);
    }
    return undefined;
  }

  function grant(resource: string, clientId: string | undefined, fault?: IdentityFault) {
    const nowSeconds = Math.floor(clock() / 1000);
    const life = fault && "expired" in fault ? -60 : Math.floor(lifetimeMs / 1000);
    const claims: TokenClaims = {
      aud: resource,
      appid: clientId ?? systemAssigned,
      oid: clientId ?? systemAssigned,
      tid: tenant,
      iss: `https://sts.windows.net/${tenant}/`,
      iat: nowSeconds,
      nbf: nowSeconds - 300,
      exp: nowSeconds + life,
    };
    return {
      access_token: toToken(claims),
      expires_on: String(claims.exp),
      resource,
      token_type: "Bearer",
      client_id: claims.appid,
    };
  }

  return {
    env: { IDENTITY_ENDPOINT: `${url}/msi/token`, IDENTITY_HEADER: secret },
    requests,
    fail: (fault, times = 1) => faults.add(fault, { times }),
    heal: () => faults.clear(),
    stop,
  };
}

/** Returns the claims of a token; undefined if the token is not ours. The signature is not checked. */
export function claimsOf(token: string): TokenClaims | undefined {
  try {
    const text = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const claims = JSON.parse(text) as Partial<TokenClaims> | null;
    if (typeof claims?.aud !== "string" || typeof claims.exp !== "number") {
      return undefined;
    }
    return claims as TokenClaims;
  } catch {
    return undefined;
  }
}

/** Returns the service that the token is for, without a slash at the end. */
export function audienceOf(token: string): string | undefined {
  return claimsOf(token)?.aud.replace(/\/$/, "");
}

function toToken(claims: TokenClaims): string {
  const header = { alg: "none", typ: "JWT", kid: randomUUID() };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.unsigned`;
}

const problem = (statusCode: number, message: string) =>
  [statusCode, { statusCode, message, correlationId: randomUUID() }] as const;

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "x-stand-in": "identity" });
  response.end(JSON.stringify(body));
}
