import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startFunctionsHost,
  type FunctionsHost,
} from "../../../standins/functionsHost/startFunctionsHost.ts";
import { bundleApp } from "./bundledApp.ts";

const settings = {
  SCHEDULE: "0 */5 * * * *",
  STEP_QUEUE: "steps",
  // Nobody listens there: these tests send nothing.
  STORAGE__queueServiceUri: "https://127.0.0.1:1/devstoreaccount1",
  GREETING: "hello",
};
const noon = Date.parse("2026-03-02T12:00:00Z");

let app: Awaited<ReturnType<typeof bundleApp>>;
let host: FunctionsHost;
const start = () =>
  startFunctionsHost({ main: app.main, settings, clock: () => noon, queues: { pollMs: 60_000 } });

beforeAll(async () => {
  app = await bundleApp();
  host = await start();
});
afterAll(async () => {
  await host.stop();
  await app.remove();
});

const logged = (category: string, functionName?: string) =>
  host.logs
    .filter((entry) => entry.category === category && entry.functionName === functionName)
    .map(({ level, message }) => `${level}: ${message}`);

test("the functions are known with their settings put in", () => {
  const triggers = Object.fromEntries(host.functions.map(({ name, trigger }) => [name, trigger]));
  expect(triggers["tick"]).toMatchObject({ type: "timer", schedule: "0 */5 * * * *" });
  expect(triggers["status"]).toMatchObject({ type: "http", route: "backfill/{id}" });
  expect(triggers["bytes"]).toMatchObject({ type: "http", route: "bytes", methods: ["POST"] });
  expect(triggers["stepPoison"]).toMatchObject({ type: "queue", queueName: "steps-poison" });
});

test("a timer's function gets its run times, in the library's own words", async () => {
  await host.fireTimer("tick", { isPastDue: true, last: "2026-03-02T11:55:00.000Z" });
  const [told = "", late] = logged("user", "tick").filter((line) => !line.startsWith("debug"));
  expect(JSON.parse(told.replace("information: tick ", ""))).toEqual({
    schedule: { adjustForDST: true },
    scheduleStatus: {
      last: "2026-03-02T11:55:00.000Z",
      next: "2026-03-02T12:00:00.000Z",
      lastUpdated: "2026-03-02T11:55:00.000Z",
    },
    isPastDue: true,
  });
  expect(late).toBe("warning: late");
});

test("an error of a timer's function is returned, and logged", async () => {
  await expect(host.fireTimer("broken")).rejects.toThrow("the timer broke");
  expect(host.invocations.find(({ functionName }) => functionName === "broken")).toMatchObject({
    outcome: "failed",
    error: "the timer broke",
  });
  expect(logged("host", "broken").at(-1)).toMatch(
    /^error: Executed 'Functions.broken' \(Failed, Id=.*\) the timer broke$/,
  );
});

test("a timer that is not there cannot be fired", async () => {
  await expect(host.fireTimer("status")).rejects.toThrow('There is no timer function "status".');
});

test("a request brings route, query, headers and settings to its function", async () => {
  const response = await host.request({
    url: "/api/backfill/a%20b?verbose=1",
    headers: { "X-Agent": "test" },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("x-stand-in")).toBe("functions-host");
  expect(await response.json()).toEqual({
    id: "a b",
    verbose: "1",
    agent: "test",
    url: "http://127.0.0.1:7071/api/backfill/a%20b?verbose=1",
    setting: "hello",
    path: true,
  });
});

test("a fixed route goes before a parameter", async () => {
  expect(await (await host.request({ url: "/API/backfill/ACTIVE" })).text()).toBe("two");
});

test("bytes go in and come out unchanged", async () => {
  const body = Uint8Array.from({ length: 256 }, (_, index) => index);
  const response = await host.request({ method: "post", url: "/api/bytes", body });
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(body.toReversed());
});

test.each([
  ["GET", "/api/unknown", 404],
  ["GET", "/backfill/1", 404],
  ["GET", "/api/backfill/1/2", 404],
  // The real host says 404 here as well, not 405.
  ["DELETE", "/api/backfill/1", 404],
  ["GET", "/api/nothing", 204],
  ["GET", "/api/refusing", 500],
])("%s %s is answered with %i", async (method, url, status) => {
  const response = await host.request({ method, url });
  expect(response.status).toBe(status);
  expect(await response.text()).toBe("");
});

test("hooks run, and what the process prints is kept", () => {
  expect(logged("console")).toContain("information: the app has started");
  expect(logged("user", "tick")).toContain("debug: before");
});

test("functions that ask for a key are closed without it, where the host has one", async () => {
  const guarded = await startFunctionsHost({
    main: app.main,
    settings,
    queues: { pollMs: 60_000 },
    keys: { function: "secret" },
  });
  const post = (headers: Record<string, string>, query = {}) =>
    guarded.request({ method: "POST", url: "/api/bytes", headers, query, body: "x" });
  const answers = [
    await post({}),
    await post({ "x-functions-key": "guess" }),
    await post({ "x-functions-key": "secret" }),
    await post({}, { code: "secret" }),
    await guarded.request({ url: "/api/nothing" }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 200, 200, 204]);
  await guarded.stop();
});

test("a stopped host has run the app's last hook", async () => {
  const second = await start();
  await second.stop();
  expect(second.logs.map(({ message }) => message)).toContain("the app is ending");
  expect(await second.exited).toEqual({ code: 0, signal: null });
  await expect(second.fireTimer("tick")).rejects.toThrow(
    'The functions\' process ended (exit code 0); "tick" cannot run.',
  );
});

test("a killed host rejects what was running", async () => {
  const second = await start();
  const endless = second.fireTimer("endless");
  await expect
    .poll(() => second.logs.map(({ message }) => message))
    .toContain("this is the last line");
  const settled = expect(endless).rejects.toThrow(
    'The functions\' process ended (SIGKILL); "endless" was running.',
  );
  await second.kill();
  await settled;
  expect(second.invocations).toMatchObject([{ functionName: "endless", outcome: "lost" }]);
});

test("a crash says how the process ended and what it printed last", async () => {
  const second = await start();
  await expect(second.fireTimer("crash")).rejects.toThrow(
    /ended \(exit code 7\); "crash" was running\.\n[^]*this is the last line$/,
  );
  await second.stop();
});
