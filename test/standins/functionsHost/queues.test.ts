import { QueueServiceClient, type QueueClient } from "@azure/storage-queue";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startAzurite, type Azurite } from "../../../standins/azurite.ts";
import { makeCertificate } from "../../../standins/certificate.ts";
import {
  startFunctionsHost,
  type FunctionsHost,
} from "../../../standins/functionsHost/startFunctionsHost.ts";
import { bundleApp } from "./bundledApp.ts";

const certificate = makeCertificate();
const ca = certificate.cert;
let azurite: Azurite;
let app: Awaited<ReturnType<typeof bundleApp>>;
let service: QueueServiceClient;
let stepQueue: string;
let host: FunctionsHost;
let tests = 0;

beforeAll(async () => {
  azurite = await startAzurite(certificate);
  app = await bundleApp();
  const trusting = { tlsOptions: { ca }, retryOptions: { maxTries: 2 } };
  service = QueueServiceClient.fromConnectionString(azurite.connectionString, trusting);
}, 60_000);
afterAll(async () => {
  await azurite.stop();
  await app.remove();
});

beforeEach(async () => {
  stepQueue = `steps-${++tests}`;
  await service.getQueueClient(stepQueue).create();
  await service.getQueueClient("results").createIfNotExists();
  await service.getQueueClient("results").clearMessages();
  host = await start();
});
afterEach(() => host.kill());

const start = (more: Partial<Parameters<typeof startFunctionsHost>[0]> = {}) =>
  startFunctionsHost({
    main: app.main,
    settings: {
      SCHEDULE: "0 */5 * * * *",
      STEP_QUEUE: stepQueue,
      STORAGE: azurite.connectionString,
    },
    ca,
    queues: { pollMs: 20, lockMs: 2_000 },
    ...more,
  });

const put = (message: unknown, encode = true) => {
  const text = typeof message === "string" ? message : JSON.stringify(message);
  const sent = encode ? Buffer.from(text).toString("base64") : text;
  return service.getQueueClient(stepQueue).sendMessage(sent);
};

async function held(queue: QueueClient): Promise<unknown[]> {
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => {
    const text = Buffer.from(messageText, "base64").toString("utf8");
    return text.startsWith("{") ? (JSON.parse(text) as unknown) : text;
  });
}

const results = () => held(service.getQueueClient("results"));
const outcomes = (functionName: string) =>
  host.invocations
    .filter((invocation) => invocation.functionName === functionName)
    .map(({ outcome, error }) => error ?? outcome);

test("a message is handled once, and what its function returns goes to the bound queue", async () => {
  const { messageId: id } = await put({ from: "noon" });
  await host.queuesEmpty();
  expect(outcomes("step")).toEqual(["succeeded"]);
  expect(await results()).toEqual([{ from: "noon", tries: 1, id }, "done"]);
});

test("what an HTTP function puts into an extra output is handled by its queue's function", async () => {
  const response = await host.request({
    method: "POST",
    url: "/api/backfill",
    body: { from: "dawn" },
  });
  expect(response.status).toBe(202);
  expect(response.headers.get("location")).toMatch(/^\/api\/backfill\/[0-9a-f-]{36}$/);
  await host.queuesEmpty();
  expect(await results()).toMatchObject([{ from: "dawn", tries: 1 }, "done"]);
});

test("a message whose function fails comes again, with the number of its deliveries", async () => {
  await put({ from: "noon", fail: 2 });
  await host.queuesEmpty();
  expect(outcomes("step")).toEqual(["try 1 failed", "try 2 failed", "succeeded"]);
  expect(await results()).toMatchObject([{ tries: 3 }, "done"]);
});

test("after five tries a message goes to the queue for poison, and its function gets it", async () => {
  await put({ from: "noon", fail: 9 });
  await expect.poll(() => outcomes("stepPoison"), { timeout: 10_000 }).toEqual(["succeeded"]);
  await host.queuesEmpty();
  expect(outcomes("step")).toEqual([1, 2, 3, 4, 5].map((tries) => `try ${tries} failed`));
  const lines = host.logs.map(({ level, message }) => `${level}: ${message}`);
  expect(lines).toContain(
    `warning: Message has reached MaxDequeueCount of 5. Moving message to queue '${stepQueue}-poison'.`,
  );
  expect(lines).toContain('error: given up {"from":"noon","fail":9}');
});

test("a message that is not base64 goes to the poison queue at once", async () => {
  await put("not base64!", false);
  await expect
    .poll(() => host.logs.map(({ message }) => message), { timeout: 5_000 })
    .toContain(`It is not base64. Moving message to queue '${stepQueue}-poison'.`);
  expect(outcomes("step")).toEqual([]);
});

test("a message that takes longer than its lock stays hidden until it is done", async () => {
  await put({ from: "noon", wait: 3_500 });
  await host.queuesEmpty();
  expect(outcomes("step")).toEqual(["succeeded"]);
});

test("the next host gets the message that one was killed with", async () => {
  await put({ from: "noon", wait: 60_000 });
  await expect.poll(() => outcomes("step")).toEqual(["running"]);
  await host.kill();
  expect(outcomes("step")).toEqual([expect.stringContaining("SIGKILL")]);
  host = await start();
  await expect.poll(() => outcomes("step"), { timeout: 10_000 }).toEqual(["running"]);
});

test("a host that is stopped ends what it is at", async () => {
  await put({ from: "noon", wait: 300 });
  await expect.poll(() => outcomes("step")).toEqual(["running"]);
  await host.stop();
  expect(outcomes("step")).toEqual(["succeeded"]);
  expect(await held(service.getQueueClient(stepQueue))).toEqual([]);
});

test("the queues can be named by their address, as for an identity", async () => {
  await host.kill();
  host = await start({
    settings: {
      SCHEDULE: "0 */5 * * * *",
      STEP_QUEUE: stepQueue,
      STORAGE__queueServiceUri: azurite.queueUrl,
    },
  });
  await put({ from: "noon" });
  await expect.poll(results, { timeout: 5_000 }).toMatchObject([{ from: "noon" }, "done"]);
});

test("host.json says how many messages run at once and how often they are tried", async () => {
  await host.kill();
  const careful = await bundleApp(undefined, {
    extensions: { queues: { batchSize: 1, newBatchThreshold: 0, maxDequeueCount: 2 } },
  });
  host = await start({ main: careful.main });
  let most = 0;
  for (const from of ["a", "b", "c"]) {
    await put({ from, wait: 100 });
  }
  await put({ from: "d", fail: 9 });
  while (outcomes("stepPoison").length === 0) {
    const running = outcomes("step").filter((outcome) => outcome === "running").length;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(most).toBe(1);
  expect(outcomes("step").filter((outcome) => outcome.startsWith("try"))).toHaveLength(2);
  await careful.remove();
});
