import { afterEach, beforeEach, expect, test } from "vitest";
import { incidentId, properties, startArm, type Arm } from "./arm.ts";

let arm: Arm;
beforeEach(async () => {
  arm = await startArm();
});
afterEach(() => arm.sentinel.stop());

const put = () => arm.call({ method: "PUT", path: `/${incidentId}`, body: { properties } });
const list = async () => (await arm.call({})).status;

test.each([
  [401, "AuthenticationFailed"],
  [403, "AuthorizationFailed"],
  [404, "ResourceNotFound"],
  [409, "Conflict"],
  [412, "PreconditionFailed"],
  [429, "TooManyRequests"],
  [500, "InternalServerError"],
  [503, "ServiceUnavailable"],
  [504, "GatewayTimeout"],
])("status %i comes once, with ARM's code, and nothing is done", async (status, code) => {
  arm.sentinel.fail({ status });
  const answer = await put();
  expect(answer.status).toBe(status);
  expect(answer.body.error.code).toBe(code);
  expect(answer.headers["retry-after"]).toBeUndefined();
  expect(arm.sentinel.incidents()).toEqual([]);
  expect((await put()).status).toBe(201);
});

test("an error can say when to come back, and in which words", async () => {
  arm.sentinel.fail({ status: 429, retryAfterSeconds: 7, code: "Busy", message: "Not now." });
  const { headers, body } = await put();
  expect(headers["retry-after"]).toBe("7");
  expect(body).toEqual({ error: { code: "Busy", message: "Not now." } });
});

test("a gateway can give up on a request that was carried out", async () => {
  arm.sentinel.fail({ status: 504, acted: true });
  expect((await put()).status).toBe(504);
  expect(arm.sentinel.incidents()).toHaveLength(1);
});

test("a fault waits for its turn, occurs as often as configured, and only for matching requests", async () => {
  const match = ({ method }: { method: string }) => method === "PUT";
  arm.sentinel.fail({ status: 503 }, { after: 1, times: 2, match });
  const statuses = [];
  for (let i = 0; i < 4; i++) {
    statuses.push((await put()).status, await list());
  }
  expect(statuses).toEqual([201, 200, 503, 200, 503, 200, 200, 200]);
});

test("faults that have not come yet can be taken back", async () => {
  arm.sentinel.fail({ status: 500 }, { times: Number.POSITIVE_INFINITY });
  expect(await list()).toBe(500);
  arm.sentinel.heal();
  expect(await list()).toBe(200);
});

test.each([
  ["before", 0],
  ["after", 1],
] as const)("a connection cut %s acting leaves %i incidents", async (cut, count) => {
  arm.sentinel.fail({ cut });
  await expect(put()).rejects.toThrow();
  expect(arm.sentinel.incidents()).toHaveLength(count);
  expect(arm.sentinel.requests).toMatchObject([{ method: "PUT", status: 0 }]);
});

test("half a body is answered with 200 after acting", async () => {
  arm.sentinel.fail({ malformed: true });
  const { status, text, body } = await put();
  expect(status).toBe(200);
  expect(text).toMatch(/^\{"id"/);
  expect(body).toBeUndefined();
  expect(arm.sentinel.incidents()).toHaveLength(1);
});

test("a slow answer is a good one", async () => {
  arm.sentinel.fail({ slowMs: 100 });
  const startedAt = performance.now();
  expect((await put()).status).toBe(201);
  expect(performance.now() - startedAt).toBeGreaterThan(95);
});

test("a slow answer does not keep the server from stopping", async () => {
  arm.sentinel.fail({ slowMs: 60_000 });
  const failed = expect(put()).rejects.toThrow();
  await expect.poll(() => arm.sentinel.stop()).toBeUndefined();
  await failed;
});

test("too many requests in the window are 429 until it has passed", async () => {
  const throttled = await startArm({ throttle: { requests: 2, windowMs: 10_000 } });
  const ask = () => throttled.call({});
  expect((await ask()).status).toBe(200);
  throttled.clock.now += 3_500;
  expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "7"]);
  throttled.clock.now += 6_500;
  expect((await ask()).status).toBe(200);
  await throttled.sentinel.stop();
});

test("a throttle can keep to itself how long to wait", async () => {
  const throttled = await startArm({
    throttle: { requests: 0, windowMs: 10_000, retryAfter: false },
  });
  const { status, headers } = await throttled.call({});
  expect([status, headers["retry-after"]]).toEqual([429, undefined]);
  await throttled.sentinel.stop();
});
