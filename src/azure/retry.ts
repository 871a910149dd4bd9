import {
  isRestError,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";

/** The number of attempts, and the waits between them. Waits double, with jitter, unless the service specifies one. */
export interface Retries {
  /** Total number of attempts. */
  readonly attempts: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** If the service asks for a longer wait than this, there is no retry, because the next run comes sooner. */
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
  /** Time limit of one attempt including the body, in milliseconds. */
  readonly timeoutMs: number;
  readonly retries?: Retries | undefined;
  /** Whether a request may be sent again if it is unknown whether it was carried out. Default: every request may. */
  readonly isRepeatable?: (request: PipelineRequest) => boolean;
}

/**
 * Retries temporary failures: throttling with and without Retry-After, failures of the service, time-outs, and
 * refused or broken connections. The Azure pipeline's own policy gives up on a 429 without Retry-After. Other
 * failures are returned unchanged.
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

/** Applies the time limit to the body as well. The transport's own limit ends with the headers of an answer. */
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
  // Our own time limit ends an attempt as an abort that the caller did not request.
  return isRestError(error) || (error instanceof Error && error.name === "AbortError");
}

/** @returns the wait in milliseconds; null if the service asks for a longer one than allowed */
function waitFor(outcome: Outcome, attempt: number, retries: Retries): number | null {
  const asked = "response" in outcome ? retryAfter(outcome.response) : null;
  if (asked === null) {
    return doublingWait(attempt, retries);
  }
  return asked > retries.longestAskedMs ? null : asked + Math.random() * retries.firstWaitMs;
}

/** The wait after the n-th attempt, in milliseconds. */
export function doublingWait(attempt: number, { firstWaitMs, longestWaitMs }: Retries): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
}

/** Parses seconds or a date. Returns milliseconds. */
function retryAfter({ headers }: PipelineResponse): number | null {
  const text = headers.get("retry-after");
  if (text === undefined) {
    return null;
  }
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** Waits. Resolves early if the signal aborts. */
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
