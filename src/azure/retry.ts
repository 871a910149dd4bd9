import {
  isRestError,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";

/** How often something is tried, and the waits between: doubling, with jitter, unless the service names one. */
export interface Retries {
  /** In all. */
  readonly attempts: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** A service that asks for a longer wait than this is left alone: the next run comes sooner. */
  readonly longestAskedMs: number;
}

export const usualRetries: Retries = {
  attempts: 5,
  firstWaitMs: 800,
  longestWaitMs: 30_000,
  longestAskedMs: 120_000,
};

const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const throttled = 429;

export interface RetryOptions {
  /** For one attempt, body and all. */
  readonly timeoutMs: number;
  readonly retries?: Retries | undefined;
  /** Whether a request may be sent again when nobody knows if it was carried out; any may, unless told. */
  readonly isRepeatable?: (request: PipelineRequest) => boolean;
}

/**
 * Retries what passes: throttling with and without Retry-After, failures of the service, time-outs and
 * connections that were refused or cut. The Azure pipeline's own policy gives up on a 429 without
 * Retry-After. What does not pass comes back as it is.
 */
export function retryPolicy(options: RetryOptions): PipelinePolicy {
  const { timeoutMs, retries = usualRetries, isRepeatable = () => true } = options;
  return {
    name: "mfaDenyRetryPolicy",
    async sendRequest(request, next) {
      const asked = request.abortSignal;
      for (let attempt = 1; ; attempt++) {
        const outcome = await attemptOnce(request, next, timeoutMs);
        const waitMs = waitFor(outcome, attempt, retries);
        const mayRepeat = isThrottled(outcome) || isRepeatable(request);
        if (attempt < retries.attempts && waitMs !== null && mayRepeat && mayPass(outcome)) {
          await wait(waitMs, asked);
          if (asked?.aborted !== true) {
            continue;
          }
        }
        if ("error" in outcome) {
          throw outcome.error;
        }
        return outcome.response;
      }
    },
  };
}

type Outcome = { readonly response: PipelineResponse } | { readonly error: unknown };

/** The transport's own time limit ends with the headers of an answer; this one holds for the body as well. */
async function attemptOnce(
  request: PipelineRequest,
  next: (request: PipelineRequest) => Promise<PipelineResponse>,
  timeoutMs: number,
): Promise<Outcome> {
  const asked = request.abortSignal;
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, timeoutMs);
  asked?.addEventListener("abort", end);
  if (asked?.aborted === true) {
    end();
  }
  request.abortSignal = ending.signal;
  try {
    return { response: await next(request) };
  } catch (error) {
    return { error };
  } finally {
    clearTimeout(timer);
    asked?.removeEventListener("abort", end);
    if (asked === undefined) {
      delete request.abortSignal;
    } else {
      request.abortSignal = asked;
    }
  }
}

function isThrottled(outcome: Outcome): boolean {
  return "response" in outcome && outcome.response.status === throttled;
}

function mayPass(outcome: Outcome): boolean {
  if ("response" in outcome) {
    return passing.has(outcome.response.status);
  }
  const { error } = outcome;
  // Our own time limit ends an attempt as an abort that nobody asked for.
  return isRestError(error) || (error instanceof Error && error.name === "AbortError");
}

/** @returns null where the service asks for more patience than there is */
function waitFor(outcome: Outcome, attempt: number, retries: Retries): number | null {
  const asked = "response" in outcome ? retryAfter(outcome.response) : null;
  if (asked === null) {
    return doublingWait(attempt, retries);
  }
  return asked > retries.longestAskedMs ? null : asked + Math.random() * retries.firstWaitMs;
}

/** The wait after the n-th attempt. */
export function doublingWait(attempt: number, { firstWaitMs, longestWaitMs }: Retries): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
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

/** Ends early, but well, when the signal says so. */
export function wait(ms: number, signal?: PipelineRequest["abortSignal"]): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, signal?.aborted === true ? 0 : ms);
    signal?.addEventListener("abort", end);
  });
}
