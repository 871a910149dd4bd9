import type { ServiceFault } from "./faults.ts";
import { Problem } from "./problem.ts";

/** Azure Resource Manager's code and message for a status. */
const codes: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ["AuthenticationFailed", "Authentication failed."],
  403: ["AuthorizationFailed", "The client does not have authorization to perform the action."],
  404: ["ResourceNotFound", "The resource was not found."],
  409: ["Conflict", "New version of resource exists. Data was not saved."],
  412: ["PreconditionFailed", "The condition of the request was not met."],
  429: ["TooManyRequests", "The request is being throttled."],
  500: ["InternalServerError", "An internal error occurred."],
  503: ["ServiceUnavailable", "The service is temporarily unavailable."],
  504: ["GatewayTimeout", "The gateway did not receive a response in time."],
};

export function statusProblem(fault: Extract<ServiceFault, { status: number }>): {
  readonly problem: Problem;
  readonly acted: boolean;
} {
  const [code, message] = codes[fault.status] ?? ["Error", `Status ${fault.status}.`];
  const { retryAfterSeconds } = fault;
  const headers =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return {
    problem: new Problem(fault.status, fault.code ?? code, fault.message ?? message, headers),
    acted: fault.acted ?? false,
  };
}
