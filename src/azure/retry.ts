import {
  isRestError,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";

/** Attempts in all, and the waits between them: doubling, with jitter, unless the service names one. */
const attempts = 5;
const firstWait = 800;
const longestWait = 30_000;

const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Retries what passes: throttling with and without Retry-After, failures of the service, time-outs and
 * connections that were refused or cut. The Azure pipeline's own policy gives up on a 429 without
 * Retry-After. What does not pass comes back as it is.
 *
 * @param timeoutMs for one attempt
 */
export function retryPolicy(timeoutMs: number): PipelinePolicy {
  return {
    name: "mfaDenyRetryPolicy",
    async sendRequest(request, next) {
      request.timeout = timeoutMs;
      for (let attempt = 1; ; attempt++) {
        const outcome = await attemptOnce(request, next);
        const isLast = attempt === attempts || request.abortSignal?.aborted === true;
        if (isLast || !mayPass(outcome)) {
          if ("error" in outcome) {
            throw outcome.error;
          }
          return outcome.response;
        }
        await wait(waitFor(outcome, attempt), request.abortSignal);
      }
    },
  };
}

type Outcome = { readonly response: PipelineResponse } | { readonly error: unknown };

async function attemptOnce(
  request: PipelineRequest,
  next: (request: PipelineRequest) => Promise<PipelineResponse>,
): Promise<Outcome> {
  try {
    return { response: await next(request) };
  } catch (error) {
    return { error };
  }
}

function mayPass(outcome: Outcome): boolean {
  if ("response" in outcome) {
    return passing.has(outcome.response.status);
  }
  const { error } = outcome;
  // Our own time limit ends an attempt as an abort that nobody asked for.
  return isRestError(error) || (error instanceof Error && error.name === "AbortError");
}

function waitFor(outcome: Outcome, attempt: number): number {
  const asked = "response" in outcome ? retryAfter(outcome.response) : null;
  const doubling = firstWait * 2 ** (attempt - 1) * (0.5 + Math.random());
  return Math.min(longestWait, asked === null ? doubling : asked + Math.random() * firstWait);
}

/** Seconds or a date. */
function retryAfter({ headers }: PipelineResponse): number | null {
  const text = headers.get("retry-after");
  if (text === undefined) {
    return null;
  }
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function wait(ms: number, signal?: { readonly aborted: boolean; addEventListener: AbortListener }) {
  return new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

type AbortListener = (type: "abort", listener: () => void) => void;
