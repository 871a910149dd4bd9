import { isRestError } from "@azure/core-rest-pipeline";
import { UpstreamError } from "../run/upstreamError.ts";

/** What a role has to allow, so that a refusal can name it. */
export interface Service {
  readonly name: string;
  readonly role: string;
}

/**
 * Says what a service answered in one sentence, without anything that was sent: messages of some services
 * quote the request.
 */
export function upstreamError(service: Service, error: unknown): UpstreamError {
  if (error instanceof UpstreamError) {
    return error;
  }
  const { problem, retryable } = describe(service, error);
  // Errors of the client and of the JSON parser quote what was sent and answered, so they do not go along.
  const quotes = isRestError(error) || error instanceof SyntaxError;
  const options = quotes ? {} : { cause: error };
  return new UpstreamError(service.name, problem, retryable, options);
}

/** What Azure's clients make of an error, and services write into one. */
interface Coded {
  readonly code?: unknown;
  readonly details?: unknown;
}

/** An error's own code, such as `EntityAlreadyExists`, where it looks like one: longer ones could be quotations. */
export function codeOf({ code, details }: Coded): string | undefined {
  // Tables hide it one level deeper, and say it in a header where the body is none of theirs.
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

/** What stopped a request before the service answered. */
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
  // Clients trip over an answer of a shape that they do not know.
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
 * The first line of a message, with everything left out that could be a key, a token, a name or an address:
 * what is quoted, addresses of any kind, and words that are no plain words.
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

/** For a service that answered with an error. `hint` says what to do about it. */
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

/** With these codes Log Analytics and Storage say 403 of a token or a key, where others say 401. */
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
