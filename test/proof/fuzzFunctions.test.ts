/** The functions themselves, real handlers over real storage, called with anything. */
import assert from "node:assert/strict";
import https from "node:https";
import { HttpRequest, InvocationContext } from "@azure/functions";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { QueueClients } from "../../standins/functionsHost/queueClients.ts";
import { resolveConnection } from "../../standins/functionsHost/settings.ts";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { bundleApp } from "../functions/appUnderTest.ts";
import { extent, timeLimitMs } from "./extent.ts";
import {
  counted,
  fuzz,
  guardPrototypes,
  hostileKeys,
  hostileLiterals,
  mutate,
  mutation,
} from "./fuzzing.ts";

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly jsonBody?: object;
}
type Handler = (input: unknown, context: InvocationContext) => Promise<Answer | undefined>;

const handlers = vi.hoisted(() => new Map<string, Handler>());

// What the functions register, by their names; the rest of the library is the real one.
vi.mock("@azure/functions", async (original) => {
  const register = (name: string, { handler }: { handler: Handler }) => handlers.set(name, handler);
  const app = { http: register, timer: register, storageQueue: register };
  return { ...(await original<object>()), app };
});

guardPrototypes();
const requests = counted("requests");
const messages = counted("queue messages");

let azure: LocalAzure;
let bundle: Awaited<ReturnType<typeof bundleApp>>;
let host: FunctionsHost;

/** What nobody may read again but who wrote it. */
const canary = "canary-7f3a";

beforeAll(async () => {
  bundle = await bundleApp();
  azure = await startLocalAzure({ main: bundle.main });
  trust(azure.certificate.cert);
  for (const [name, value] of Object.entries(azure.settings)) {
    vi.stubEnv(name, value);
  }
  await import("../../functions/main.ts");
  host = await azure.startHost();
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await azure.stop();
  await bundle.remove();
});

/** Set in this process, because its environment is read too early. */
function trust(ca: string): void {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its `this`
  const { createConnection } = https.Agent.prototype;
  const connect: typeof createConnection = function connectTrusting(
    this: https.Agent,
    options,
    ...rest
  ) {
    return createConnection.call(this, { ...options, ca }, ...rest);
  };
  vi.spyOn(https.Agent.prototype, "createConnection").mockImplementation(connect);
}

const wellFormed = '{"from":"2026-03-01T00:00:00Z","to":"2026-03-08T00:00:00Z","dryRun":true}';

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostileLiterals) },
  { weight: 1, arbitrary: fc.json() },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '"2026-03-01T00:00:00Z"',
      '"2026-02-30T00:00:00Z"',
      '"2026-03-01T00:00:00+14:00"',
      '["explicit-mfa-deny"]',
      '["default"]',
      `["${canary}"]`,
      `"${canary}"`,
      "false",
    ),
  },
);
const key = fc.constantFrom("from", "to", "rules", "workspaces", "dryRun", ...hostileKeys);
const members = fc.array(fc.tuple(key, value), { maxLength: 9 });

const body: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: members.map((all) => Buffer.from(objectOf(all))) },
  {
    weight: 3,
    arbitrary: fc
      .array(mutation, { minLength: 1, maxLength: 4 })
      .map((changes) => mutate(Buffer.from(wellFormed), changes)),
  },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom("[", "{", '{"from":', '"', " ", "\\", "1"),
        fc.integer({ max: 40_000, min: 1 }),
      )
      .map(([unit, length]) => Buffer.from(unit.repeat(Math.ceil(length / unit.length)))),
  },
);

function objectOf(all: readonly (readonly [string, string])[]): string {
  return `{${all.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}

const plain = fc.stringMatching(/^[ -~]{0,40}$/);
const headers: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.constantFrom(
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "x-functions-key",
    "host",
    "x-forwarded-host",
    "accept",
    "x-http-method-override",
    "x-ms-client-principal",
  ),
  fc.oneof(
    plain,
    fc.constantFrom("application/json", "text/html", "multipart/form-data", "gzip", "chunked"),
    fc.constantFrom("-1", "0", "1e999", "NaN", "99999999999999999999", "16384", "16385", canary),
  ),
  { maxKeys: 4 },
);

const id = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "' or ''='",
      "../../x",
      "%00",
      "x".repeat(10_000),
      canary,
      ...hostileKeys,
    ),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[\da-f-]{36}$/) },
);

interface Asked {
  readonly name: "backfill" | "backfillStatus" | "backfillCancel" | "health";
  readonly headers: Readonly<Record<string, string>>;
  readonly id: string;
  readonly body: Buffer;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  name: fc.oneof(
    { weight: 60, arbitrary: fc.constant("backfill" as const) },
    { weight: 20, arbitrary: fc.constant("backfillStatus" as const) },
    { weight: 20, arbitrary: fc.constant("backfillCancel" as const) },
    { weight: 1, arbitrary: fc.constant("health" as const) },
  ),
  headers,
  id,
  body,
});

const methods = {
  backfill: "POST",
  backfillStatus: "GET",
  backfillCancel: "DELETE",
  health: "GET",
};
const documented = new Set([200, 202, 400, 404, 409, 413, 503]);

function contextOf(functionName: string, lines: string[]): InvocationContext {
  return new InvocationContext({
    functionName,
    logHandler: (level, ...args) => lines.push(`${level} ${args.join(" ")}`),
  });
}

async function call({ name, headers: given, id: named, body: sent }: Asked): Promise<void> {
  const lines: string[] = [];
  const request = new HttpRequest({
    method: methods[name],
    url: "https://app.example/api/x",
    headers: { ...given },
    params: name === "backfillStatus" || name === "backfillCancel" ? { id: named } : {},
    ...(name === "backfill" ? { body: { bytes: sent } } : {}),
  });
  const door = name === "health" ? "health" : "backfill";
  const answer = await handlers.get(door)?.(request, contextOf(door, lines));
  const status = answer?.status ?? 200;
  assert(documented.has(status), `status ${status}`);
  const text = answer?.body ?? JSON.stringify(answer?.jsonBody);
  if (status >= 400 && name !== "health") {
    assert.equal(answer?.headers?.["content-type"], "application/problem+json");
    const document = JSON.parse(text) as Readonly<Record<string, unknown>>;
    assert.equal(document["status"], status);
  }
  assert(!text.includes(canary), "the answer repeats what was sent");
  assert.deepEqual(lines, []);
}

describe("an HTTP function answers anything with a documented status", () => {
  test(
    "called as the host calls it",
    async () => {
      const batch = 20;
      const many = fc.array(asked, { minLength: batch, maxLength: batch });
      await fuzz(many, extent(400, 105_000, 1_000) / batch, async (all) => {
        for (const each of all) {
          requests.begin();
          await call(each);
        }
      });
      expect(requests.count).toBeGreaterThanOrEqual(extent(400, 100_000, 1_000));
    },
    timeLimitMs,
  );

  test(
    "through the host and its process",
    async () => {
      await fuzz(asked, extent(25, 3_000), async (each) => {
        requests.begin();
        const path = each.name === "health" ? "/api/health" : "/api/backfill";
        const isJob = each.name === "backfillStatus" || each.name === "backfillCancel";
        const { status } = await host.request({
          method: methods[each.name],
          url: isJob ? `${path}/${encodeURIComponent(Buffer.from(each.id).toString())}` : path,
          headers: each.headers,
          ...(each.name === "backfill" ? { body: each.body } : {}),
        });
        assert(documented.has(status), `status ${status}`);
      });
      expect(JSON.stringify(host.logs)).not.toContain(canary);
    },
    timeLimitMs,
  );

  /** As a host that streams hands it over. */
  async function stream(chunks: AsyncIterable<Uint8Array>, given: Record<string, string> = {}) {
    const nativeRequest = new Request("https://app.example/api/backfill", {
      method: "POST",
      headers: given,
      body: chunks as unknown as ReadableStream,
      duplex: "half",
    });
    const request = new HttpRequest({ nativeRequest } as never);
    return handlers.get("backfill")?.(request, contextOf("backfill", []));
  }

  test.each([1, 100, 5_000, 1_000_000])(
    "a body without an end, in pieces of %d bytes, is not read further than it may be long",
    async (size) => {
      let given = 0;
      let isClosed = false;
      async function* endless() {
        try {
          for (;;) {
            given += size;
            yield Buffer.alloc(size, " ");
            await Promise.resolve();
          }
        } finally {
          isClosed = true;
        }
      }
      const answer = await stream(endless(), { "content-length": "10" });
      expect(answer?.status).toBe(413);
      expect(given).toBeLessThan(16 * 1024 + 4 * size + 4);
      await vi.waitFor(() => expect(isClosed).toBe(true));
    },
  );

  test("a body is as long as it is, whatever its headers say", async () => {
    async function* once() {
      yield Buffer.from(wellFormed);
      await Promise.resolve();
    }
    const wrong = ["0", "-5", "x", "1e3", "16384"];
    for (const length of wrong) {
      expect((await stream(once(), { "content-length": length }))?.status).toBe(202);
    }
    expect((await stream(once(), { "content-length": "16385" }))?.status).toBe(413);
    // Nothing here decompresses: a compressed body is not JSON, however much it contains.
    const bomb = { "content-encoding": "gzip" };
    expect((await stream(once(), bomb))?.status).toBe(202);
  });
});

describe("a message of the queue", () => {
  const workspace = fc.oneof(
    fc.constantFrom("default", "' or ''='", canary),
    fc.string({ unit: "binary" }),
  );
  const message: fc.Arbitrary<unknown> = fc.oneof(
    fc.record({ id, workspace }),
    fc.record({ id: fc.constant("x".repeat(60_000)), workspace }),
    fc.constantFrom(...hostileLiterals).map((text) => JSON.parse(text) as unknown),
    fc.anything(),
  );

  test(
    "with any content is refused explicitly, and given up silently",
    async () => {
      await fuzz(message, extent(20, 6_000, 60), async (each) => {
        messages.begin();
        const lines: string[] = [];
        const step = await handlers
          .get("backfillStep")?.(each, contextOf("backfillStep", lines))
          .then(
            () => "worked",
            (error: unknown) => String(error),
          );
        assert.equal(step, "Error: the message names no backfill");
        await handlers.get("backfillPoison")?.(each, contextOf("backfillPoison", lines));
        assert.deepEqual(lines, []);
      });
    },
    timeLimitMs,
  );

  test("that names a backfill is logged as given up, without its other content", async () => {
    const request = new HttpRequest({
      method: "POST",
      url: "https://app.example/api/backfill",
      body: { string: wellFormed },
    });
    const lines: string[] = [];
    const begun = await handlers.get("backfill")?.(request, contextOf("backfill", lines));
    const { id: job } = (begun?.jsonBody ?? {}) as { readonly id?: string };
    const named = { id: job, workspace: "default", [canary]: canary };
    await handlers.get("backfillPoison")?.(named, contextOf("backfillPoison", lines));
    const [line = ""] = lines;
    expect(lines).toHaveLength(1);
    expect(JSON.parse(line.slice(line.indexOf("{")))).toEqual({
      event: "backfill given up",
      id: job ?? "no job",
      workspace: "default",
      reason: expect.stringContaining(
        "given up after five attempts in the slice that begins 2026-",
      ),
    });
  });

  test(
    "that is no message at all is put aside by the host, and hides none behind it",
    async () => {
      const queue = new QueueClients(azure.certificate.cert).get({
        queueName: "mfa-deny-backfill",
        connection: resolveConnection("STATE_STORAGE", azure.settings, "the test"),
      });
      await queue.createIfNotExists();
      const texts = [
        canary,
        `{"id":"${canary}","workspace":"x"}`,
        "\u0000",
        "{",
        '{"id":1,"workspace":2}',
      ];
      for (const text of texts.slice(0, extent(2, 5))) {
        messages.begin();
        await queue.sendMessage(Buffer.from(text).toString("base64"));
      }
      await host.queuesEmpty({ timeoutMs: timeLimitMs });
      const told = JSON.stringify([host.logs, host.invocations]);
      expect(told).toContain("the message names no backfill");
      expect(told).not.toContain(canary);
    },
    timeLimitMs,
  );
});
