/** One Azure on this machine, processes of the app in it, and the time of all of them, which is moved by hand. */
import { join } from "node:path";
import { TableServiceClient } from "@azure/data-tables";
import { QueueServiceClient } from "@azure/storage-queue";
import {
  startFunctionsHost,
  type FunctionsHost,
} from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import type { PublishedRow } from "../run/fakeLog.ts";
import { startGateway, type Answer, type Gateway, type PassingRequest } from "./gateway.ts";

/** One process of the app, and the Functions host that calls it. */
export interface AppChild {
  readonly host: FunctionsHost;
  /** All of its requests, those of the host for it too, go through this one and no others. */
  readonly gateway: Gateway;
  /** From the moment on at which it is killed. */
  readonly isKilled: boolean;
  /** SIGKILL, and nothing that it or its host still wanted to send reaches a service. */
  kill(): Promise<void>;
  /** Lets it end what it is at. */
  stop(): Promise<void>;
}

export interface AppOptions {
  /** Another build than that in dist/. */
  readonly main?: string | undefined;
  /** The app's settings that differ from a local run's. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Between two looks into the queues; without it there is only one, at the start. */
  readonly pollMs?: number;
  /** How long a message is hidden from others while it is worked on; whole seconds. */
  readonly lockMs?: number;
}

export interface Stage {
  readonly azure: LocalAzure;
  /** Epoch milliseconds, for everything. It passes as time does, and is moved by hand. */
  now(): number;
  /** Makes it this time for the services and every process of the app. */
  moveTo(at: number): void;
  publish(rows: readonly PublishedRow[]): void;
  startApp(options?: AppOptions): Promise<AppChild>;
  /** Removes incidents, state and messages; published rows stay. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly startAt: number;
  /** How much time passes when a service gets a request; none by default. */
  readonly takesMs?: (request: PassingRequest) => number;
}

const never = 24 * 3_600_000;

/** What the host of a process that is gone gets: nothing that a client would try again. */
export const gone: Answer = { status: 403, headers: {}, body: Buffer.of() };

export async function startStage(options: StageOptions): Promise<Stage> {
  let setTo = options.startAt;
  let setAt = performance.now();
  const now = () => Math.floor(setTo + performance.now() - setAt);
  const azure = await startLocalAzure({ clock: now, storageOverHttps: true });
  const storage = storageOf(azure);
  const apps = new Set<AppChild>();
  const ending = new Set<Promise<void>>();

  const moveTo = (at: number) => {
    setTo = at;
    setAt = performance.now();
    for (const { host } of apps) {
      host.moveClock(at);
    }
  };

  async function startApp({
    main = join("dist", "app", "main.cjs"),
    settings = {},
    pollMs = never,
    lockMs = 30_000,
  }: AppOptions = {}): Promise<AppChild> {
    const gateway = await startGateway(azure, (request) => {
      const takesMs = options.takesMs?.(request) ?? 0;
      if (takesMs > 0) {
        moveTo(now() + takesMs);
      }
    });
    const host = await startFunctionsHost({
      main,
      settings: { ...gateway.settings, ...settings },
      env: gateway.env,
      ca: azure.certificate.cert,
      clock: now,
      queues: { pollMs, lockMs, visibilityTimeoutMs: 0 },
    });
    host.moveClock(now());
    let isKilled = false;
    const app: AppChild = {
      host,
      gateway,
      get isKilled() {
        return isKilled;
      },
      async kill() {
        isKilled = true;
        apps.delete(app);
        gateway.use(async () => gone);
        // The host's own requests end one after the other now, and may be what this was called from.
        ending.add(host.kill().then(() => gateway.stop()));
        await host.exited;
      },
      async stop() {
        apps.delete(app);
        await host.stop();
        await gateway.stop();
      },
    };
    apps.add(app);
    return app;
  }

  return {
    azure,
    now,
    moveTo,
    publish: (rows) => azure.logs.publish(localWorkspace.workspaceId, "SigninLogs", rows),
    startApp,
    async reset() {
      for (const { name } of azure.sentinel.incidents()) {
        azure.sentinel.remove(name);
      }
      await empty(storage);
    },
    async stop() {
      await Promise.all([...apps].map((app) => app.kill()));
      await Promise.all(ending);
      await azure.stop();
    },
  };
}

interface Storage {
  readonly tables: TableServiceClient;
  readonly queues: QueueServiceClient;
}

/** Past the gateways. */
function storageOf({ azurite, certificate }: LocalAzure): Storage {
  const tlsOptions = { ca: certificate.cert };
  const { connectionString } = azurite;
  return {
    tables: TableServiceClient.fromConnectionString(connectionString, { tlsOptions }),
    // The pipeline takes these too, though the package's types do not say so.
    queues: QueueServiceClient.fromConnectionString(connectionString, { tlsOptions } as object),
  };
}

async function empty({ tables, queues }: Storage): Promise<void> {
  for await (const { name } of tables.listTables()) {
    if (name !== undefined) {
      await tables.deleteTable(name);
    }
  }
  for await (const { name } of queues.listQueues()) {
    await queues.deleteQueue(name);
  }
}
