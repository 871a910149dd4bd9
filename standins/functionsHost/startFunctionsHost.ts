import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { resolveFunction, type RegisteredFunction } from "./functionApp.ts";
import { readHostJson, type HostSettings, type QueueSettings } from "./hostJson.ts";
import {
  Router,
  emptyResponse,
  isAllowed,
  nullable,
  toHttpData,
  toResponse,
  type HttpKeys,
  type HttpRequest,
} from "./httpTrigger.ts";
import { Invoker, type Invocation } from "./invoker.ts";
import { Logs, type LogEntry } from "./logs.ts";
import { QueueClients, isMissing, poisonSuffix } from "./queueClients.ts";
import { QueueListener, hasPoison, type QueueTiming } from "./queueListener.ts";
import type { Settings } from "./settings.ts";
import { toTimerData, type TimerStatus } from "./timerTrigger.ts";
import { findWorker } from "./workerPath.ts";
import { WorkerExit, WorkerProcess, type Exit } from "./workerProcess.ts";

export interface FunctionsHostOptions {
  /** The app's CommonJS file. A host.json beside it is used. */
  readonly main: string;
  /** App settings: the environment of the functions, and the values of `%NAME%` and connections. */
  readonly settings: Settings;
  /** Further environment variables, such as those that Azure sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** PEM. The functions and the host trust it. */
  readonly ca?: string;
  readonly clock?: () => number;
  /** Overrides host.json, whose waits are long for a test. */
  readonly queues?: Partial<QueueTiming & QueueSettings>;
  readonly keys?: HttpKeys;
  readonly onLog?: (entry: LogEntry) => void;
  readonly workerPath?: string;
}

export interface FunctionsHost {
  readonly functions: readonly RegisteredFunction[];
  /** Every line so far, of all categories. */
  readonly logs: readonly LogEntry[];
  /** Every call of a function so far, including running ones. */
  readonly invocations: readonly Invocation[];
  readonly pid: number | undefined;
  /** Settles when the functions' process has ended, for any reason. */
  readonly exited: Promise<Exit>;
  /** Runs a timer's function now. Rejects with the function's error. */
  fireTimer(name: string, status?: TimerStatus): Promise<void>;
  /** Handles a request as if it came over HTTP: 404 if it has no function, 500 if the function threw. */
  request(request: HttpRequest): Promise<Response>;
  /** Resolves when no queue with a function has a message, visible or hidden, and nothing runs. */
  queuesEmpty(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Sets the clock of the functions' process to this time (epoch ms). It runs on from there. */
  moveClock(now: number): void;
  /** Lets running functions finish. */
  stop(): Promise<void>;
  /** Ends host and functions at once, as when a machine is lost. */
  kill(): Promise<void>;
}

const defaultTiming: QueueTiming = { pollMs: 100, lockMs: 10 * 60 * 1000 };
const graceMs = 5_000;
const baseUrl = "http://127.0.0.1:7071";

/**
 * A stand-in for the Azure Functions host, for tests and the local demonstration. The app runs in its own process,
 * with the real @azure/functions. It supports HTTP, timers, storage queues and queue outputs. It does not support
 * schedules, retries, scaling, timeouts, other bindings and streaming. Timers run only on request, a process that ended
 * is not restarted, and one host is one instance.
 *
 * @throws Error if the app does not load, a setting is missing, or a binding is not supported
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { settings, clock = Date.now } = options;
  const main = resolve(options.main);
  const host = await readHostJson(main);
  const logs = new Logs(clock, options.onLog);
  const trust = await trustFile(options.ca);
  const env = { ...inherited(), ...trust.env, ...settings, ...options.env };
  const worker = new WorkerProcess(options.workerPath ?? findWorker(), env, logs);
  worker.exited.then(trust.remove, () => undefined);
  try {
    const loaded = await worker.load(main);
    const functions = loaded.map((metadata) => resolveFunction(metadata, settings));
    return run(options, host, functions, worker, logs);
  } catch (error) {
    await worker.kill();
    throw error;
  }
}

function run(
  options: FunctionsHostOptions,
  host: HostSettings,
  functions: readonly RegisteredFunction[],
  worker: WorkerProcess,
  logs: Logs,
): FunctionsHost {
  const { clock = Date.now, keys = {} } = options;
  const queues = new QueueClients(options.ca);
  const invoker = new Invoker(worker, queues, logs, clock);
  const router = new Router(functions, host.routePrefix);
  const queueSettings = { ...defaultTiming, ...host.queues, ...options.queues };
  const listeners = functions.flatMap((registered) => {
    const { trigger } = registered;
    if (trigger.type !== "queue") {
      return [];
    }
    const poisonName = `${trigger.queueName}${poisonSuffix}`;
    return [
      new QueueListener({
        ...queueSettings,
        queue: queues.get(trigger),
        poison: hasPoison(trigger.queueName)
          ? queues.get({ ...trigger, queueName: poisonName })
          : undefined,
        async invoke(data, metadata) {
          await invoker.invoke(registered, data, metadata);
        },
        report: (level, message) => logs.add({ level, category: "host", message }),
      }),
    ];
  });
  for (const listener of listeners) {
    listener.start();
  }
  const stopListening = () => Promise.all(listeners.map((listener) => listener.stop()));
  // Without its functions the host takes no more messages, but leaves them to the next one.
  worker.exited.then(stopListening, () => undefined);

  return {
    functions,
    logs: logs.entries,
    invocations: invoker.invocations,
    pid: worker.pid,
    exited: worker.exited,
    async fireTimer(name, status = {}) {
      const timer = functions.find((one) => one.name === name && one.trigger.type === "timer");
      if (!timer) {
        throw new Error(`There is no timer function "${name}".`);
      }
      await invoker.invoke(timer, toTimerData(status, clock()), {});
    },
    async request(request) {
      const data = toHttpData(request, baseUrl);
      const path = decodeURIComponent(new URL(data.url).pathname);
      const routed = router.find(data.method ?? "GET", path);
      if (!routed) {
        return emptyResponse(404);
      }
      if (!isAllowed(routed.trigger, data, keys)) {
        return emptyResponse(401);
      }
      const http = { ...data, nullableParams: nullable(routed.params) };
      try {
        const response = await invoker.invoke(routed.function, { http }, {});
        return toResponse(response.returnValue);
      } catch (error) {
        if (error instanceof WorkerExit) {
          throw error;
        }
        return emptyResponse(500);
      }
    },
    async queuesEmpty({ timeoutMs = 30_000 } = {}) {
      const until = Date.now() + timeoutMs;
      while (!(await isQuiet(listeners, invoker))) {
        if (Date.now() > until) {
          throw new Error(`Messages are left after ${timeoutMs} ms.`);
        }
        await sleep(20);
      }
    },
    moveClock: (now) => worker.moveClock(now),
    async stop() {
      await stopListening();
      await invoker.settled();
      await worker.terminate(graceMs);
    },
    async kill() {
      await worker.kill();
      await stopListening();
    },
  };
}

/** Checks messages before invocations: a message that was just taken still counts in its queue. */
async function isQuiet(listeners: readonly QueueListener[], invoker: Invoker): Promise<boolean> {
  const counts = await Promise.all(
    listeners.map(({ queue }) =>
      queue.getProperties().then(
        ({ approximateMessagesCount }) => approximateMessagesCount ?? 0,
        (error: unknown) => {
          if (isMissing(error)) {
            return 0;
          }
          throw error;
        },
      ),
    ),
  );
  return counts.every((count) => count === 0) && !invoker.runs;
}

/** The variables that a process needs to run at all. Any others would make tests depend on who runs them. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "USERPROFILE"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** Node reads trusted authorities from a file when it starts. */
async function trustFile(ca: string | undefined) {
  if (ca === undefined) {
    return { env: {}, remove: () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), "functions-host-"));
  const file = join(folder, "ca.pem");
  await writeFile(file, ca);
  return {
    env: { NODE_EXTRA_CA_CERTS: file },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
