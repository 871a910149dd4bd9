/** A fault that a request can have. */
export type Fault =
  /** An error of the service. `retryAfterS` becomes the header Retry-After. */
  | { readonly kind: "status"; readonly status: FaultStatus; readonly retryAfterS?: number }
  /** 200 with half of the rows and an error. */
  | { readonly kind: "partial" }
  /** 200 with at most this many rows, and an error if there are more. */
  | { readonly kind: "oversize"; readonly maxRows: number }
  /** The answer comes late. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The connection breaks in the middle of the body. */
  | { readonly kind: "cut" }
  /** 200, and a body that is not JSON. */
  | { readonly kind: "malformed" }
  /** 200, and a page of a proxy instead of an answer. */
  | { readonly kind: "html" };

export type FaultStatus = 400 | 401 | 403 | 404 | 429 | 500 | 503 | 504;

/** Code and message of an error, in the service's words if they are known. */
export const statusErrors: Readonly<Record<FaultStatus, readonly [code: string, message: string]>> =
  {
    400: ["BadArgumentError", "The request had some invalid properties"],
    401: ["AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."],
    403: [
      "InsufficientAccessError",
      "The provided credentials have insufficient access to perform the requested operation",
    ],
    404: ["PathNotFoundError", "The requested path does not exist"],
    429: ["ThrottledError", "Too many requests"],
    500: ["InternalServerError", "Something went wrong processing your query on the server."],
    503: ["ServiceUnavailable", "The service is unavailable."],
    504: ["GatewayTimeout", "Gateway timeout"],
  };
