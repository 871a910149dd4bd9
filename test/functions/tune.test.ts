/** GET /api/tune against the local Azure. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { approved, denialRow, row, time } from "../builders.ts";
import { refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { bundleApp } from "./appUnderTest.ts";

let app: Awaited<ReturnType<typeof bundleApp>>;
let azure: LocalAzure;
let host: FunctionsHost;

const begunAt = performance.now();
const clock = () => time("12:00") + performance.now() - begunAt;

beforeAll(async () => {
  app = await bundleApp();
  azure = await startLocalAzure({ clock, main: app.main });
  azure.logs.publish(
    localWorkspace.workspaceId,
    "SigninLogs",
    publish([
      ...refusals("09:00", 5),
      denialRow("09:10"),
      row({ at: "09:20", resultType: "0", steps: [approved("09:20")] }),
    ]),
  );
  host = await azure.startHost({ STATE_TABLE: "StateTune" });
  host.moveClock(clock());
}, 60_000);
afterAll(async () => {
  await host.stop();
  await azure.stop();
  await app.remove();
});

const morning = { from: "2026-03-09T08:30:00Z", to: "2026-03-10T11:00:00Z" };
const post = (body: unknown, url = "/api/tune") => host.request({ method: "POST", url, body });
const get = async (url: string) => {
  const response = await host.request({ url });
  return {
    status: response.status,
    body: (await response.json()) as Readonly<Record<string, unknown>>,
  };
};

async function begun(body: unknown): Promise<string> {
  const response = await post(body);
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

describe("/api/tune", () => {
  it("tries every setting on the workspace's history, and opens nothing", async () => {
    const id = await begun(morning);
    await host.queuesEmpty();
    const { status, body } = await get(`/api/tune/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      state: "done",
      rule: "explicit-mfa-deny",
      counts: { rows: 6, denials: 6 },
      errors: [],
      workspaces: [
        {
          workspace: "default",
          state: "done",
          result: { denials: 6, users: 1, current: { findings: 1, users: 1 } },
        },
      ],
    });
    const [{ result }] = body["workspaces"] as [
      { result: { cells: Readonly<Record<string, unknown>>[] } },
    ];
    const cell = (threshold: number) =>
      result.cells.find(
        (each) =>
          each["kind"] === "sliding" && each["window"] === "15m" && each["threshold"] === threshold,
      );
    expect(result.cells).toHaveLength(360);
    expect(cell(5)).toMatchObject({ findings: 1, users: 1, approved: 1, harmful: 1 });
    expect(cell(7)).toMatchObject({ findings: 0 });
    expect(azure.sentinel.incidents()).toEqual([]);
    expect(JSON.stringify([body, host.logs])).not.toMatch(/alice|203\.0\.113|declined/);
  });

  it("is no backfill, and a backfill is none of it", async () => {
    const id = await begun({ ...morning, rule: "mfa-deny-then-approve" });
    await host.queuesEmpty();
    expect((await get(`/api/backfill/${id}`)).status).toBe(404);
    const backfill = await post({ ...morning, dryRun: true }, "/api/backfill");
    const { id: other } = (await backfill.json()) as { id: string };
    await host.queuesEmpty();
    expect((await get(`/api/tune/${other}`)).status).toBe(404);
    expect((await get("/api/tune/nonsense")).body).toMatchObject({
      detail: "There is no such request to tune.",
    });
    const ended = await host.request({ method: "DELETE", url: `/api/tune/${id}` });
    expect(ended.status).toBe(409);
  });

  it("names everything that is wrong with a request", async () => {
    const response = await post({ ...morning, rule: "x", dryRun: true });
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: readonly { field: string }[] };
    expect(errors.map(({ field }) => field)).toEqual(["rule", "dryRun"]);
  });
});
