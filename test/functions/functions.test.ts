import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { TableBackfillJobs } from "../../src/state/table/tableBackfillJobs.ts";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { QueueClients } from "../../standins/functionsHost/queueClients.ts";
import { resolveConnection } from "../../standins/functionsHost/settings.ts";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { alice, denialRow, time } from "../builders.ts";
import { minute, refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { bundleApp } from "./appUnderTest.ts";

const secondWorkspace = {
  workspaceId: "00000000-0000-0000-0000-0000000000bb",
  resourceId: localWorkspace.resourceId,
};

let now = time("10:00");
let setAt = performance.now();
const clock = () => now + performance.now() - setAt;
const moveTo = (at: number) => {
  now = at;
  setAt = performance.now();
  host.moveClock(at);
};

let app: Awaited<ReturnType<typeof bundleApp>>;
let azure: LocalAzure;
let host: FunctionsHost;
let tables = 0;

/** Every test has a table of its own, and so a state that knows of nothing. */
const startHost = (settings: Readonly<Record<string, string>> = {}) =>
  azure.startHost({ STATE_TABLE: `State${++tables}`, ...settings });

beforeAll(async () => {
  app = await bundleApp();
  azure = await startLocalAzure({ clock, main: app.main });
  azure.logs.publish(
    localWorkspace.workspaceId,
    "SigninLogs",
    publish([...refusals("09:00", 5), denialRow("09:10")]),
  );
}, 60_000);
afterAll(async () => {
  await azure.stop();
  await app.remove();
});

beforeEach(async () => {
  setAt = performance.now();
  now = time("10:00");
  host = await startHost();
  moveTo(time("10:00"));
});
afterEach(async () => {
  azure.sentinel.heal();
  for (const { name } of azure.sentinel.incidents()) {
    azure.sentinel.remove(name);
  }
  await host.stop();
  // Messages that a host which was killed had taken are still there, hidden.
  await theQueue().deleteIfExists();
});

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  host.request({ method: "POST", url: "/api/backfill", body, headers });
const get = (path: string) => host.request({ url: path });

interface Job {
  readonly id: string;
  readonly state: string;
  readonly progress: { readonly slicesDone: number; readonly slices: number };
  readonly counts: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
}

async function jobOf(id: string): Promise<Job> {
  return (await (await get(`/api/backfill/${id}`)).json()) as Job;
}

/** The fields of a problem document, and that it is one. */
async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const document = (await response.json()) as {
    status: number;
    title: string;
    detail: string;
    errors?: readonly { field: string; problem: string }[];
  };
  expect(document.status).toBe(response.status);
  expect(document).toMatchObject({ type: "about:blank", title: expect.any(String) });
  return document;
}

const morning = { from: "2026-03-10T08:30:00Z", to: "2026-03-10T09:30:00Z" };

/** The queue of backfills, as somebody else reaches it. */
const theQueue = () =>
  new QueueClients(azure.certificate.cert).get({
    queueName: "mfa-deny-backfill",
    connection: resolveConnection("STATE_STORAGE", azure.settings, "the test"),
  });

/** What no log may hold. */
const secrets = [alice.name, alice.id, "203.0.113.10", "declined", "AccountKey", "Bearer"];

interface Line {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** The structured lines that functions logged, without notices about the settings. */
const lines = (of: FunctionsHost = host) =>
  of.logs
    .filter(({ category, message }) => category === "user" && message.startsWith("{"))
    .map(({ message, level }): Line => ({
      level,
      ...(JSON.parse(message) as Line),
    }))
    .filter(({ event }) => event !== "notice");

describe("the functions", () => {
  it("let nobody in without a key, and begin nothing by themselves", () => {
    const triggers = host.functions.map(({ name, trigger }) => ({ name, ...trigger }));
    const doors = triggers.filter(({ type }) => type === "http");
    expect(doors.map(({ name }) => name).toSorted()).toEqual([
      "backfill",
      "doctor",
      "health",
      "tune",
    ]);
    for (const door of doors) {
      expect(door).toMatchObject({ authLevel: "function" });
    }
    expect(triggers.filter(({ type }) => type === "timer")).toMatchObject([
      { name: "detect", schedule: "0 */5 * * * *" },
      { name: "maintenance", schedule: "0 17 3 * * *" },
    ]);
    expect(host.invocations).toEqual([]);
  });

  it("run at other times where the settings say so", async () => {
    const other = await startHost({
      DETECTION_SCHEDULE: "0 */10 * * * *",
      MAINTENANCE_SCHEDULE: "0 30 1 * * *",
    });
    const schedules = other.functions.map(({ name, trigger }) => ({ name, ...trigger }));
    expect(schedules.filter(({ type }) => type === "timer")).toMatchObject([
      { name: "detect", schedule: "0 */10 * * * *" },
      { name: "maintenance", schedule: "0 30 1 * * *" },
    ]);
    await other.stop();
  });
});

describe("POST /api/backfill", () => {
  it("is accepted, returns the address of its status, and is worked off", async () => {
    const response = await post(morning);
    expect(response.status).toBe(202);
    const body = (await response.json()) as { id: string; statusUrl: string };
    expect(Object.keys(body).toSorted()).toEqual(["id", "statusUrl"]);
    expect(response.headers.get("location")).toBe(body.statusUrl);
    await host.queuesEmpty();
    const status = await get(new URL(body.statusUrl).pathname);
    expect(status.status).toBe(200);
    expect(await status.json()).toEqual({
      id: body.id,
      state: "done",
      from: "2026-03-10T08:30:00.000Z",
      to: "2026-03-10T09:30:00.000Z",
      dryRun: false,
      progress: { slicesDone: 1, slices: 1 },
      counts: { rows: 6, denials: 6, opened: 1, updated: 0 },
      errors: [],
    });
    expect(azure.sentinel.incidents()).toHaveLength(1);
  });

  it("logs one line of JSON for a step, without names, addresses or texts of the log", async () => {
    const { id } = (await (await post(morning)).json()) as Job;
    await host.queuesEmpty();
    expect(lines()).toEqual([
      expect.objectContaining({
        event: "backfill step",
        id,
        workspace: "default",
        from: time("07:30"),
        denials: 6,
        opened: 1,
        sent: 1,
      }),
    ]);
    const all = JSON.stringify([host.logs, host.invocations, await jobOf(id)]);
    for (const secret of secrets) {
      expect(all).not.toContain(secret);
    }
  });

  it("again while it runs is the same backfill, and another range is another", async () => {
    azure.logs.fail({ kind: "slow", ms: 600 });
    const ids = [];
    for (const range of [morning, morning, { ...morning, to: "2026-03-10T09:31:00Z" }]) {
      ids.push(((await (await post(range)).json()) as { id: string }).id);
    }
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    await host.queuesEmpty();
    expect((await jobOf(ids[0] ?? "")).state).toBe("done");
    expect(azure.sentinel.incidents()).toHaveLength(1);
    const later = (await (await post(morning)).json()) as { id: string };
    expect(later.id).not.toBe(ids[0]);
    await host.queuesEmpty();
    expect((await jobOf(later.id)).counts).toMatchObject({ opened: 0 });
    expect(azure.sentinel.incidents()).toHaveLength(1);
  });

  it("of a dry run counts what it would open, and sends and remembers nothing", async () => {
    const { id } = (await (await post({ ...morning, dryRun: true })).json()) as Job;
    await host.queuesEmpty();
    expect(await jobOf(id)).toMatchObject({
      state: "done",
      dryRun: true,
      counts: { opened: 1 },
      findings: [{ workspace: "default", user: alice.name, denials: 6 }],
    });
    expect(azure.sentinel.incidents()).toEqual([]);
    const real = (await (await post(morning)).json()) as Job;
    await host.queuesEmpty();
    expect((await jobOf(real.id)).counts).toMatchObject({ opened: 1 });
  });

  it("with wrong fields is refused with every one of them named", async () => {
    const response = await post({
      from: "yesterday",
      to: 5,
      rules: ["no-such-rule"],
      workspaces: [],
      dryRun: "yes",
      until: "tomorrow",
    });
    expect(response.status).toBe(400);
    const { errors = [] } = await problemOf(response);
    const fields = errors.map(({ field }) => field);
    for (const field of ["from", "to", "rules", "workspaces", "dryRun", "until"]) {
      expect(fields.some((each) => each.startsWith(field))).toBe(true);
    }
  });

  it.each([
    ["reversed", { from: morning.to, to: morning.from }, "from"],
    ["empty", { from: morning.from, to: morning.from }, "from"],
    ["in the future", { from: morning.from, to: "2026-03-10T10:00:30Z" }, "to"],
    ["without an end", { from: morning.from }, "to"],
    ["without a zone", { from: "2026-03-10T08:30:00", to: morning.to }, "from"],
    ["of a day that there is not", { from: "2026-02-30T08:30:00Z", to: morning.to }, "from"],
  ])("with a range that is %s is refused", async (_, body, field) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    const { errors } = await problemOf(response);
    expect(errors?.map((each) => each.field)).toEqual([field]);
  });

  it.each([["{"], [""], ["[]"], ["null"], ['"text"']])(
    "with the body %j is refused",
    async (body) => {
      const response = await post(body);
      expect(response.status).toBe(400);
      await problemOf(response);
    },
  );

  it("with more than 16 KB is refused, with and without its length, and with exactly so much is not", async () => {
    const padded = (size: number) => {
      const text = JSON.stringify(morning);
      return `${text}${" ".repeat(size - text.length)}`;
    };
    for (const headers of [{}, { "content-length": String(16 * 1024 + 1) }]) {
      const response = await post(padded(16 * 1024 + 1), headers);
      expect(response.status).toBe(413);
      await problemOf(response);
    }
    expect((await post(padded(16 * 1024))).status).toBe(202);
    await host.queuesEmpty();
  });

  it("does not repeat what it was given in what it answers", async () => {
    const response = await post({ from: "canary<script>", to: "canary", rules: ["canary"] });
    expect(await response.text()).not.toContain("canary");
  });
});

describe("GET /api/backfill/{id}", () => {
  it.each(["00000000-0000-4000-8000-000000000000", "nonsense", "'; drop"])(
    "is 404 for %s",
    async (id) => {
      const response = await get(`/api/backfill/${id}`);
      expect(response.status).toBe(404);
      await problemOf(response);
    },
  );
});

describe("DELETE /api/backfill/{id}", () => {
  const remove = (id: string) => host.request({ method: "DELETE", url: `/api/backfill/${id}` });

  it("stops one that runs after its slice", async () => {
    azure.logs.fail({ kind: "slow", ms: 800 });
    const { id } = (await (await post({ ...morning, from: "2026-03-01T00:00:00Z" })).json()) as Job;
    const response = await remove(id);
    expect(response.status).toBe(202);
    await host.queuesEmpty();
    const job = await jobOf(id);
    expect(job.state).toBe("cancelled");
    expect(job.progress.slicesDone).toBeLessThan(job.progress.slices);
    expect(azure.sentinel.incidents()).toEqual([]);
  });

  it("is 409 for one that is finished, and 404 for one that there is not", async () => {
    const { id } = (await (await post(morning)).json()) as Job;
    await host.queuesEmpty();
    const finished = await remove(id);
    expect(finished.status).toBe(409);
    await problemOf(finished);
    expect((await jobOf(id)).state).toBe("done");
    expect((await remove("00000000-0000-4000-8000-000000000000")).status).toBe(404);
  });
});

describe("a step of a backfill", () => {
  const failing = { kind: "status", status: 403 } as const;

  it("that fails comes again, and goes on", async () => {
    azure.logs.fail(failing, { times: 2 });
    const { id } = (await (await post(morning)).json()) as Job;
    await host.queuesEmpty({ timeoutMs: 20_000 });
    const job = await jobOf(id);
    expect(job).toMatchObject({ state: "done", counts: { opened: 1 } });
    expect(job.errors.join()).toContain("Log Analytics: 403");
    expect(azure.sentinel.incidents()).toHaveLength(1);
  });

  it("that the log service has no room for comes again until it has, and the status says so", async () => {
    // A service that asks for more patience than a request has is asked no more by the client itself.
    const busy = { kind: "status", status: 429, retryAfterS: 600 } as const;
    azure.logs.fail(busy, { times: 2 });
    const { id } = (await (await post(morning)).json()) as Job;
    await expect
      .poll(async () => (await jobOf(id)).errors.join(), { timeout: 30_000 })
      .toContain("throttled: it continues later");
    expect((await jobOf(id)).state).toBe("running");
    await host.queuesEmpty({ timeoutMs: 150_000 });
    expect(await jobOf(id)).toMatchObject({ state: "done", counts: { opened: 1 } });
    expect((await jobOf(id)).errors).toHaveLength(1);
    expect(lines().filter(({ event }) => event === "backfill waits")).toHaveLength(2);
  }, 180_000);

  it("waits while another instance works on a backfill, because queries of one identity are few", async () => {
    const { connectionString } = azure.azurite;
    const table = connectTable({ connectionString, allowHttp: true }, `State${tables}`, () => {
      throw new Error("no credential is needed");
    });
    const instance = new TableBackfillJobs(table);
    await table.createTable();
    await instance.enterLane("another backfill", now, now + 10 * minute);
    const asked = azure.logs.requests.length;
    const { id } = (await (await post(morning)).json()) as Job;
    await vi.waitFor(() => {
      expect(host.invocations.map(({ functionName }) => functionName)).toContain("backfillStep");
    });
    // Long enough for the whole of it.
    await sleep(1_500);
    expect([(await jobOf(id)).state, azure.logs.requests.length - asked]).toEqual(["queued", 0]);
    await instance.leaveLane("another backfill");
    await host.queuesEmpty();
    expect((await jobOf(id)).state).toBe("done");
  });

  it("that fails five times ends it as failed, with the reason and the slice", async () => {
    azure.logs.fail(failing, { times: 5 });
    const { id } = (await (await post(morning)).json()) as Job;
    await host.queuesEmpty({ timeoutMs: 20_000 });
    const job = await jobOf(id);
    expect(job.state).toBe("failed");
    expect(job.errors.at(-1)).toMatch(/five attempts.*2026-03-10T07:30:00\.000Z/);
    expect(job.errors.join()).toContain("403");
    // It is finished, so the same request is another backfill.
    const again = (await (await post(morning)).json()) as Job;
    expect(again.id).not.toBe(id);
    await host.queuesEmpty();
    expect((await jobOf(again.id)).state).toBe("done");
  });

  it("that comes twice works once", async () => {
    const { id } = (await (await post(morning)).json()) as Job;
    await host.queuesEmpty();
    const queue = theQueue();
    const message = JSON.stringify({ id, workspace: "default" });
    await queue.sendMessage(Buffer.from(message).toString("base64"));
    await host.queuesEmpty();
    expect((await jobOf(id)).counts).toMatchObject({ rows: 6 });
    expect(azure.sentinel.incidents()).toHaveLength(1);
  });

  it("with a message that means nothing is put aside and disturbs nobody", async () => {
    const queue = theQueue();
    await queue.createIfNotExists();
    for (const text of ["nonsense", "{}", '{"id":"x","workspace":"y"}', "null"]) {
      await queue.sendMessage(Buffer.from(text).toString("base64"));
    }
    const { id } = (await (await post(morning)).json()) as Job;
    await host.queuesEmpty({ timeoutMs: 20_000 });
    expect((await jobOf(id)).state).toBe("done");
  });

  it("for a workspace that the settings do not name any more fails at once and says so", async () => {
    const workspaces = [
      { name: "one", ...localWorkspace },
      { name: "two", ...secondWorkspace },
    ];
    const single = { LOG_ANALYTICS_WORKSPACE_ID: "", SENTINEL_WORKSPACE_RESOURCE_ID: "" };
    const table = `State${tables}`;
    const withWorkspaces = async (named: typeof workspaces) => {
      await host.kill();
      host = await azure.startHost({
        ...single,
        STATE_TABLE: table,
        WORKSPACES: JSON.stringify(named),
      });
      moveTo(time("10:00"));
    };
    await withWorkspaces(workspaces);
    // Steps are worked off one after the other: while the first one takes its time, the second one waits.
    azure.logs.fail({ kind: "slow", ms: 5_000 });
    const { id } = (await (await post(morning)).json()) as Job;
    await vi.waitFor(() => {
      expect(host.invocations.map(({ functionName }) => functionName)).toContain("backfillStep");
    });
    await withWorkspaces(workspaces.slice(0, 1));
    await vi.waitFor(
      async () => {
        const { errors } = await jobOf(id);
        expect(errors).toEqual(["two: the settings do not name this workspace any more"]);
      },
      // The message that the killed host had taken comes again after 30 seconds.
      { timeout: 80_000 },
    );
  }, 90_000);
});

describe("the storage of the state", () => {
  it("can be a plain Azurite over http on any port, and its errors say what is wrong", async () => {
    expect(azure.settings["STATE_STORAGE"]).toMatch(/TableEndpoint=http:\/\/127\.0\.0\.1:\d+\//);
    await host.fireTimer("detect");
    expect((await get("/api/health")).status).toBe(200);
    await host.stop();
    const elsewhere = azure.azurite.connectionString.replaceAll("127.0.0.1", "storage.contoso.com");
    host = await startHost({ STATE_STORAGE: elsewhere });
    const { detail } = await problemOf(await get("/api/health"));
    expect(detail).toMatch(/STATE_STORAGE uses plain http to storage\.contoso\.com.*use https/);
  });
});

describe("GET /api/health", () => {
  interface Health {
    readonly version: string;
    readonly healthy: boolean;
    readonly workspaces: readonly Readonly<Record<string, unknown>>[];
  }
  const health = async () => {
    const response = await get("/api/health");
    return { status: response.status, body: (await response.json()) as Health };
  };

  it("is 200 before the first run, until the timer should have fired, and 503 when the last success is too old", async () => {
    expect(await health()).toEqual({
      status: 200,
      body: {
        version: "0.0.0-test",
        healthy: true,
        faults: [],
        warnings: [expect.stringContaining("The Defender portal shows nothing")],
        workspaces: [
          {
            name: "default",
            healthy: true,
            state: "no run yet",
            faults: [],
            warnings: [expect.stringContaining("No run has started yet")],
            lastRunAt: null,
            lastSuccessAt: null,
            watermark: null,
            watermarkLagSeconds: null,
            behindRuns: 0,
            coverage: expect.objectContaining({ rows: 0, verdict: null }),
            newestRowAt: null,
            pending: 0,
            failing: [],
            lastError: null,
          },
        ],
      },
    });
    moveTo(time("10:01") + 24 * 60 * minute);
    expect((await health()).status).toBe(503);
    moveTo(time("10:00"));
    await host.fireTimer("detect");
    const good = await health();
    expect(good.status).toBe(200);
    const [workspace] = good.body.workspaces;
    expect(workspace).toMatchObject({
      name: "default",
      healthy: true,
      pending: 0,
      lastError: null,
    });
    expect(String(workspace?.["watermark"])).toMatch(/^2026-03-10T09:5[78]:/);
    expect(workspace?.["watermarkLagSeconds"]).toBeGreaterThanOrEqual(120);
    expect(workspace?.["watermarkLagSeconds"]).toBeLessThan(180);
    moveTo(time("10:14"));
    expect((await health()).status).toBe(200);
    moveTo(time("10:16"));
    expect((await health()).status).toBe(503);
  });

  it("reports what fails: the log, and incidents that wait", async () => {
    await host.fireTimer("detect");
    azure.logs.fail({ kind: "status", status: 403 });
    await expect(host.fireTimer("detect")).rejects.toThrow("Log Analytics: 403");
    const [broken] = (await health()).body.workspaces;
    expect(broken).toMatchObject({ healthy: true, state: "running" });
    expect(broken?.["lastError"]).toContain("Log Analytics: 403");
  });

  it("is 503 and says since when, where a sink refuses for more than half an hour", async () => {
    azure.sentinel.fail({ status: 403 }, { times: Infinity });
    await host.fireTimer("detect");
    const [waiting] = (await health()).body.workspaces;
    expect(waiting).toMatchObject({
      healthy: true,
      pending: 1,
      failing: [
        { sink: "sentinel", incidents: 1, since: expect.stringMatching(/^2026-03-10T10:00/) },
      ],
    });
    expect(waiting?.["lastError"]).toContain("Microsoft Sentinel Responder");
    for (const at of ["10:05", "10:08", "10:20", "10:31"]) {
      moveTo(time(at));
      await host.fireTimer("detect");
    }
    const bad = await health();
    expect(bad.status).toBe(503);
    expect(bad.body.workspaces[0]?.["faults"]).toEqual([
      {
        what: "sink",
        since: expect.stringMatching(/^2026-03-10T10:00/),
        problem: expect.stringMatching(
          /^The sink sentinel has not accepted 1 incident for 3\d minutes: .*403/,
        ),
      },
    ]);
    // Also over a run that only waits.
    expect(bad.body.workspaces[0]?.["lastError"]).toContain("Microsoft Sentinel Responder");
    azure.sentinel.heal();
    moveTo(time("12:10"));
    await host.fireTimer("detect");
    const [good] = (await health()).body.workspaces;
    expect(good).toMatchObject({ healthy: true, pending: 0, lastError: null, failing: [] });
    expect(azure.sentinel.incidents()).toHaveLength(1);
  });
});

describe("wrong settings", () => {
  it("are all named by health and by a run, and no run does anything", async () => {
    await host.stop();
    host = await startHost({
      MAX_INCIDENTS_PER_RUN: "many",
      INGESTION_SAFETY: "soon",
      DRY_RUN: "?",
    });
    const response = await get("/api/health");
    expect(response.status).toBe(503);
    const { detail } = await problemOf(response);
    for (const name of ["MAX_INCIDENTS_PER_RUN", "INGESTION_SAFETY", "DRY_RUN"]) {
      expect(detail).toContain(name);
      await expect(host.fireTimer("detect")).rejects.toThrow(name);
    }
    expect(azure.sentinel.incidents()).toEqual([]);
  });
});

describe("the timer", () => {
  it("fired twice at once opens one incident once", async () => {
    const before = azure.sentinel.requests.length;
    await Promise.all([host.fireTimer("detect"), host.fireTimer("detect")]);
    const created = azure.sentinel.requests.slice(before).filter(({ status }) => status === 201);
    expect(azure.sentinel.incidents()).toHaveLength(1);
    const [incident] = azure.sentinel.incidents();
    expect(
      created.filter(({ path }) => path.endsWith(`/incidents/${incident?.name}`)),
    ).toHaveLength(1);
    expect(azure.sentinel.comments(incident?.name ?? "")).toEqual([]);
  });

  it("fired late reads what it would have read", async () => {
    await host.fireTimer("detect");
    moveTo(time("12:00"));
    await host.fireTimer("detect", { isPastDue: true, last: "2026-03-10T10:00:00.000Z" });
    const runs = lines().filter(({ event }) => event === "detection run");
    expect(runs[1]).toMatchObject({ publishedFrom: runs[0]?.["publishedTo"], behind: false });
  });

  it("logs one line of JSON for a run, without names, addresses or texts of the log", async () => {
    await host.fireTimer("detect");
    const summaries = lines();
    expect(summaries).toHaveLength(1);
    expect(summaries[0]).toMatchObject({
      level: "information",
      event: "detection run",
      workspace: "default",
      counts: { rows: 6, classified: 6 },
      denials: 6,
      opened: 1,
      updated: 0,
      reasons: { "first-seen": 1 },
      sent: 1,
      failed: 0,
      pending: 0,
      steps: 1,
      ms: expect.any(Number),
    });
    const all = JSON.stringify([host.logs, host.invocations]);
    for (const secret of secrets) {
      expect(all).not.toContain(secret);
    }
  });

  it("of maintenance reads again, and logs one line too", async () => {
    await host.fireTimer("detect");
    await host.fireTimer("maintenance");
    expect(lines().slice(-2)).toMatchObject([
      { event: "maintenance", workspace: "default", pruned: 0 },
      { event: "old backfills forgotten", backfills: 0 },
    ]);
    expect(azure.sentinel.incidents()).toHaveLength(1);
  });

  it("of maintenance forgets old backfills, and a pilot that ended with what it found", async () => {
    const table = `State${tables}`;
    const { id } = (await (await post({ ...morning, dryRun: true })).json()) as Job;
    await host.queuesEmpty();
    await host.stop();
    host = await azure.startHost({ STATE_TABLE: table, DRY_RUN: "true" });
    moveTo(time("10:00"));
    await host.fireTimer("detect");
    await host.stop();
    host = await azure.startHost({ STATE_TABLE: table });
    // The service has the clock of this machine, and the rows of the test the day of the test.
    moveTo(Date.now() + 200 * 86_400_000);
    const findings = async () =>
      (
        (await (await get("/api/doctor?findings=true")).json()) as {
          readonly findings: readonly unknown[];
        }
      ).findings;
    expect(await findings()).toHaveLength(1);
    await host.fireTimer("maintenance");
    expect(lines().at(-1)).toMatchObject({ event: "old backfills forgotten", backfills: 1 });
    expect(await findings()).toEqual([]);
    expect((await get(`/api/backfill/${id}`)).status).toBe(404);
  });

  it("names the workspace that fails, and does the work of the other", async () => {
    await host.stop();
    azure.logs.publish(secondWorkspace.workspaceId, "SigninLogs", []);
    host = await startHost({
      LOG_ANALYTICS_WORKSPACE_ID: "",
      SENTINEL_WORKSPACE_RESOURCE_ID: "",
      WORKSPACES: JSON.stringify([
        { name: "broken", ...secondWorkspace, resourceId: `${localWorkspace.resourceId}2` },
        { name: "whole", ...localWorkspace },
      ]),
    });
    // A first run asks the service for its time, and does without.
    moveTo(time("08:00"));
    await host.fireTimer("detect");
    const before = lines().length;
    moveTo(time("10:00"));
    azure.logs.fail({ kind: "status", status: 403 }, { times: 1 });
    await expect(host.fireTimer("detect")).rejects.toThrow(/failed for (?:broken|whole): /);
    const events = lines()
      .slice(before)
      .map(({ event }) => event);
    expect(events.toSorted()).toEqual(["detection run", "detection run failed"]);
    moveTo(time("10:05"));
    await host.fireTimer("detect");
    expect(azure.sentinel.incidents()).toHaveLength(1);
    const { workspaces } = (await (await get("/api/health")).json()) as {
      workspaces: readonly { name: string; healthy: boolean }[];
    };
    expect(workspaces.map(({ name, healthy }) => [name, healthy])).toEqual([
      ["broken", true],
      ["whole", true],
    ]);
  });

  it("names the workspace whose incidents are refused, for two hours, and since when", async () => {
    await host.stop();
    const refusing = `${localWorkspace.resourceId}2`;
    azure.logs.publish(secondWorkspace.workspaceId, "SigninLogs", publish(refusals("09:00", 5)));
    host = await startHost({
      LOG_ANALYTICS_WORKSPACE_ID: "",
      SENTINEL_WORKSPACE_RESOURCE_ID: "",
      WORKSPACES: JSON.stringify([
        { name: "refusing", ...secondWorkspace, resourceId: refusing },
        { name: "whole", ...localWorkspace },
      ]),
    });
    azure.sentinel.fail(
      { status: 403 },
      { times: Infinity, match: ({ path }) => path.startsWith(`${refusing}/`) },
    );
    for (const at of ["10:00", "10:35", "11:10", "12:00"]) {
      moveTo(time(at));
      await host.fireTimer("detect");
    }
    const response = await get("/api/health");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      healthy: false,
      workspaces: [
        {
          name: "refusing",
          healthy: false,
          faults: [{ what: "sink", since: expect.stringMatching(/^2026-03-10T10:00/) }],
          lastError: expect.stringContaining("403"),
        },
        { name: "whole", healthy: true, faults: [], lastError: null },
      ],
    });
  });

  it("of a dry run records and logs what it finds, and sends nothing", async () => {
    const table = `State${tables}`;
    await host.stop();
    host = await azure.startHost({ STATE_TABLE: table, DRY_RUN: "true" });
    moveTo(time("10:00"));
    const requests = azure.sentinel.requests.length;
    await host.fireTimer("detect");
    expect(lines()).toMatchObject([
      { event: "would open", user: alice.name, denials: 6, rule: "explicit-mfa-deny" },
      { event: "detection run", opened: 1, sent: 1, pending: 0 },
    ]);
    expect(azure.sentinel.requests).toHaveLength(requests);
    const found = { workspace: "default", user: alice.name, denials: 6 };
    const listed = await host.request({ url: "/api/doctor?findings=true" });
    expect([listed.status, await listed.json()]).toMatchObject([200, { findings: [found] }]);
    // A backfill is dry as well, and its status lists what it found.
    const { id } = (await (await post(morning)).json()) as Job;
    await host.queuesEmpty();
    expect(await jobOf(id)).toMatchObject({ dryRun: true, findings: [found] });
    expect(azure.sentinel.requests).toHaveLength(requests);
    // The state of the real runs is as it was: they begin at the beginning.
    await host.stop();
    host = await azure.startHost({ STATE_TABLE: table });
    moveTo(time("10:00") + 5 * minute);
    await host.fireTimer("detect");
    expect(lines().at(-1)).toMatchObject({ opened: 1, sent: 1 });
    expect(azure.sentinel.incidents()).toHaveLength(1);
  });
});
