import {
  createHttpHeaders,
  createPipelineRequest,
  RestError,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { retryPolicy, usualRetries, type RetryOptions } from "../../src/azure/retry.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-03-10T09:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const timeoutMs = 60_000;

type Answer = (request: PipelineRequest) => Promise<PipelineResponse>;

function status(code: number, retryAfter?: string): Answer {
  const headers = createHttpHeaders(retryAfter === undefined ? {} : { "retry-after": retryAfter });
  return (request) => Promise.resolve({ request, status: code, headers });
}

const cut: Answer = (request) =>
  Promise.reject(new RestError("cut", { code: RestError.REQUEST_SEND_ERROR, request }));

/** Does not answer; ends only with the signal, as the transport does. */
const silent: Answer = (request) =>
  new Promise((_, reject) => {
    request.abortSignal?.addEventListener("abort", () => {
      reject(Object.assign(new Error("aborted"), { name: "AbortError" }));
    });
  });

interface Outcome {
  /** When each attempt began, milliseconds after the first. */
  readonly attempts: readonly number[];
  readonly status: number | null;
  readonly error: unknown;
}

/** Sends a request to a service that gives these answers, the last of them for ever. */
async function sendTo(
  answers: readonly Answer[],
  options: Partial<RetryOptions> = {},
  signal?: AbortSignal,
): Promise<Outcome> {
  const request = createPipelineRequest({
    url: "https://127.0.0.1/",
    method: "PUT",
    ...(signal === undefined ? {} : { abortSignal: signal }),
  });
  const startedAt = Date.now();
  const attempts: number[] = [];
  const policy = retryPolicy({ timeoutMs, ...options });
  const sent = policy.sendRequest(request, (each) => {
    attempts.push(Date.now() - startedAt);
    return (answers[attempts.length - 1] ?? answers.at(-1)!)(each);
  });
  const outcome = sent.then(
    (response) => ({ attempts, status: response.status, error: null }),
    (error: unknown) => ({ attempts, status: null, error }),
  );
  await vi.runAllTimersAsync();
  return outcome;
}

/** Jitter in the middle of its range, so that waits are exact. */
function withoutJitter(): void {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
}

describe("what passes", () => {
  test.each([408, 429, 500, 502, 503, 504])("is tried again after %d", async (code) => {
    expect(await sendTo([status(code), status(200)])).toMatchObject({ status: 200 });
  });

  test("is tried again after a connection that was cut", async () => {
    expect(await sendTo([cut, cut, status(200)])).toMatchObject({ status: 200 });
  });

  test("is tried again after an attempt that took too long", async () => {
    const { attempts, status: last } = await sendTo([silent, status(200)]);
    expect(last).toBe(200);
    expect(attempts[1]).toBeGreaterThan(timeoutMs);
  });

  test.each([200, 201, 304, 400, 401, 403, 404, 409, 412, 501])("is not %d", async (code) => {
    expect(await sendTo([status(code)])).toEqual({ attempts: [0], status: code, error: null });
  });

  test("is not an error of our own", async () => {
    const mistake = new TypeError("x is not a function");
    const { attempts, error } = await sendTo([() => Promise.reject(mistake)]);
    expect([attempts, error]).toEqual([[0], mistake]);
  });
});

describe("what does not pass in time", () => {
  test("comes back as it is after five attempts, with doubling waits between", async () => {
    withoutJitter();
    const { attempts, status: last } = await sendTo([status(503)]);
    expect(attempts).toEqual([0, 800, 2_400, 5_600, 12_000]);
    expect(last).toBe(503);
  });

  test("is thrown unchanged if there was no answer", async () => {
    const { attempts, error } = await sendTo([cut]);
    expect(attempts).toHaveLength(usualRetries.attempts);
    expect(error).toMatchObject({ name: "RestError", code: "REQUEST_SEND_ERROR" });
  });

  test("never waits longer than the longest wait", async () => {
    withoutJitter();
    const retries = { ...usualRetries, attempts: 12 };
    const { attempts } = await sendTo([status(503)], { retries });
    const waits = attempts.slice(1).map((at, index) => at - attempts[index]!);
    expect(waits.at(-1)).toBe(30_000);
    expect(Math.max(...waits)).toBe(30_000);
  });

  test("does not wait in step with others", async () => {
    const seen = new Set<number>();
    for (let n = 0; n < 20; n++) {
      const { attempts } = await sendTo([status(503), status(200)]);
      expect(attempts[1]).toBeGreaterThanOrEqual(400);
      expect(attempts[1]).toBeLessThanOrEqual(1_200);
      seen.add(attempts[1]!);
    }
    expect(seen.size).toBeGreaterThan(10);
  });
});

describe("Retry-After", () => {
  test.each([
    ["seconds", "7"],
    ["a date", "Tue, 10 Mar 2026 09:00:07 GMT"],
  ])("in %s is waited for, and a little more, each at another time", async (_, text) => {
    const { attempts } = await sendTo([status(429, text), status(200)]);
    expect(attempts[1]).toBeGreaterThanOrEqual(7_000);
    expect(attempts[1]).toBeLessThanOrEqual(7_800);
  });

  test("may ask for longer than our own longest wait", async () => {
    const { attempts } = await sendTo([status(503, "90"), status(200)]);
    expect(attempts[1]).toBeGreaterThanOrEqual(90_000);
  });

  test("that asks for more than there is time for ends it", async () => {
    expect(await sendTo([status(429, "121")])).toMatchObject({ attempts: [0], status: 429 });
    expect(await sendTo([status(429, "120")])).toMatchObject({ status: 429 });
  });

  test.each(["soon", "", "Tue, 10 Mar 2026 08:00:00 GMT", "-1"])(
    "without a usable value (%j) does not cause a long wait",
    async (text) => {
      const { attempts, status: last } = await sendTo([status(429, text), status(200)]);
      expect(last).toBe(200);
      expect(attempts[1]).toBeLessThanOrEqual(1_200);
    },
  );
});

describe("cancellation", () => {
  test("ends a wait at once, and nothing is tried again", async () => {
    const ending = new AbortController();
    setTimeout(() => ending.abort(), 100);
    const outcome = await sendTo([status(429, "60"), status(200)], {}, ending.signal);
    expect(outcome).toMatchObject({ attempts: [0], status: 429 });
    expect(Date.now()).toBe(Date.parse("2026-03-10T09:00:00.100Z"));
  });

  test("ends an attempt at once, and nothing is tried again", async () => {
    const ending = new AbortController();
    setTimeout(() => ending.abort(), 100);
    const { attempts, error } = await sendTo([silent], {}, ending.signal);
    expect([attempts, error]).toMatchObject([[0], { name: "AbortError" }]);
    expect(Date.now()).toBe(Date.parse("2026-03-10T09:00:00.100Z"));
  });

  test("before the first attempt shows in its signal", async () => {
    const { attempts } = await sendTo(
      [(request) => Promise.reject(new RestError(String(request.abortSignal?.aborted)))],
      {},
      AbortSignal.abort(),
    );
    expect(attempts).toEqual([0]);
  });
});

describe("a request that must not be repeated blindly", () => {
  const once = { isRepeatable: () => false };

  test.each([
    ["500", status(500)],
    ["503 with Retry-After", status(503, "1")],
    ["504", status(504)],
    ["a cut connection", cut],
    ["silence", silent],
  ])("is not, after %s", async (_, answer) => {
    expect((await sendTo([answer, status(200)], once)).attempts).toEqual([0]);
  });

  test("is tried again where it was turned away before anything was done", async () => {
    expect(await sendTo([status(429), status(200)], once)).toMatchObject({ status: 200 });
  });
});
