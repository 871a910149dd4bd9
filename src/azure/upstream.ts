import { isRestError } from "@azure/core-rest-pipeline";
import { UpstreamError } from "../run/upstreamError.ts";

/** A service, and the role that it requires, for messages about refused access. */
export interface Service {
  readonly name: string;
  readonly role: string;
}

/**
 * Describes a service's answer in one sentence, without anything that was sent. Messages of some services quote the
 * request.
 */
export function upstreamError(service: Service, error: unknown): UpstreamError {
  if (error instanceof UpstreamError) {
    return error;
  }
  const { problem, retryable } = describe(service, error);
  // Errors of the client and of the JSON parser quote requests and answers, so they are not attached.
  const quotes = isRestError(error) || error instanceof SyntaxError;
  const options = quotes ? {} : { cause: error };
  return new UpstreamError(service.name, problem, retryable, options);
}

/** The error fields of Azure's clients and services. */
interface Coded {
  readonly code?: unknown;
  readonly details?: unknown;
}

/**
 * Returns an error's own code, such as `EntityAlreadyExists`, if it looks like a code. Longer ones could be
 * quotations.
 */
export function codeOf({ code, details }: Coded): string | undefined {
  // Tables have the code one level deeper, or in a header if the body is not theirs.
  const { odataError, errorCode } = (details ?? {}) as {
    readonly odataError?: Coded;
    readonly errorCode?: unknown;
  };
  const own = odataError?.code ?? errorCode ?? code;
  return typeof own === "string" && /^[\w.:-]{1,64}$/.test(own) ? own : undefined;
}

function describe(
  { role }: Service,
  error: unknown,
): { readonly problem: string; readonly retryable: boolean } {
  if (!isRestError(error)) {
    return { problem: describeFailure(error), retryable: true };
  }
  const { statusCode } = error;
  const code = codeOf(error);
  return statusCode === undefined || code === "PARSE_ERROR"
    ? { problem: `no usable answer (${code ?? error.name})`, retryable: true }
    : describeStatus(role, statusCode, code);
}

/** Describes why there was no answer from the service. */
function describeFailure(error: unknown): string {
  const name = error instanceof Error ? error.name : "error";
  if (name === "AbortError" || name === "TimeoutError") {
    return "timed out or was cancelled";
  }
  if (name === "AggregateAuthenticationError") {
    return "no token: nobody is signed in on this machine; use `az login` or `azd auth login`";
  }
  if (name.startsWith("CredentialUnavailable") || name.startsWith("Authentication")) {
    const code = /\bAADSTS\d{4,8}\b/.exec(messageOf(error))?.[0];
    return `no token was given for the identity (${code ?? "AZURE_CLIENT_ID?"})`;
  }
  // Clients throw these for an answer of an unknown shape.
  if (error instanceof SyntaxError || error instanceof TypeError) {
    return `no usable answer (${name})`;
  }
  const cause = [codeOf(error ?? {}) ?? name, withoutSecrets(messageOf(error))];
  return `failed: ${cause.filter((part) => part !== "").join(", ")}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const longestCause = 200;

/**
 * Returns the first line of a message without anything that could be a key, a token, a name or an address. That is
 * quoted text, addresses of any kind, and everything that is not an ordinary word.
 */
function withoutSecrets(message: string): string {
  const [line = ""] = message.split("\n");
  return line
    .slice(0, 2 * longestCause)
    .replace(/"[^"]*"?|'[^']*'?|`[^`]*`?/g, "…")
    .replace(/\S+/g, (word) => (/[\d@=/\\+%&?]/.test(word) ? "…" : word))
    .replace(/[A-Za-z_-]{30,}/g, "…")
    .replace(/…(?:\s*…)+/g, "…")
    .slice(0, longestCause)
    .trim();
}

/** Returns the error for a service's error response. `hint` says how to fix it. */
export function refusedBy(
  service: Service,
  status: number,
  code: string | undefined,
  hint: string | null = null,
): UpstreamError {
  const { problem, retryable } = describeStatus(service.role, status, code);
  const whole = hint === null ? problem : `${problem}: ${hint}`;
  return new UpstreamError(service.name, whole, retryable, { isBusy: status === throttled });
}

const throttled = 429;

/** Log Analytics and Storage answer 403 with these codes for a rejected token or key, where others answer 401. */
const notAccepted: ReadonlySet<string> = new Set([
  "AuthenticationFailed",
  "ExpiredAuthenticationToken",
  "InvalidAuthenticationToken",
  "InvalidAuthenticationTokenAudience",
  "InvalidTokenError",
]);

function describeStatus(
  role: string,
  statusCode: number,
  code: string | undefined,
): { readonly problem: string; readonly retryable: boolean } {
  const said = code === undefined ? "" : ` ${code}`;
  switch (statusCode) {
    case 401:
      return { problem: `401${said}: the token was not accepted`, retryable: true };
    case 403:
      if (notAccepted.has(code ?? "")) {
        return { problem: `403${said}: the token or key was not accepted`, retryable: true };
      }
      return { problem: `403${said}: the identity lacks the role ${role}`, retryable: false };
    case throttled:
      return { problem: `429${said}: throttled`, retryable: true };
    default:
      return {
        problem: `${statusCode}${said}`,
        retryable: statusCode >= 500 || statusCode === 408,
      };
  }
}
