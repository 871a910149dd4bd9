import { randomBytes, randomUUID } from "node:crypto";
import type { RegisteredFunction } from "./functionApp.ts";
import type { Logs } from "./logs.ts";
import type { QueueClients } from "./queueClients.ts";
import { writeOutputs } from "./queueOutput.ts";
import type { InvocationResponse, TypedData } from "./rpc.ts";
import { WorkerExit, type WorkerProcess } from "./workerProcess.ts";

/** One call of a function. */
export interface Invocation {
  readonly id: string;
  readonly functionName: string;
  /** "lost": its process ended. */
  readonly outcome: "running" | "succeeded" | "failed" | "lost";
  readonly error?: string;
}

/** Calls functions, writes their outputs, and keeps a record in the words of the real host's log. */
export class Invoker {
  readonly invocations: Invocation[] = [];
  readonly #worker: WorkerProcess;
  readonly #queues: QueueClients;
  readonly #logs: Logs;
  readonly #clock: () => number;
  readonly #running = new Set<Promise<unknown>>();

  constructor(worker: WorkerProcess, queues: QueueClients, logs: Logs, clock: () => number) {
    this.#worker = worker;
    this.#queues = queues;
    this.#logs = logs;
    this.#clock = clock;
  }

  get runs(): boolean {
    return this.#running.size > 0;
  }

  /** @throws the function's error, or {WorkerExit} */
  async invoke(
    registered: RegisteredFunction,
    data: TypedData,
    metadata: Readonly<Record<string, TypedData>>,
  ): Promise<InvocationResponse> {
    const running = this.#record(registered, data, metadata);
    const settled = running.catch(() => undefined);
    this.#running.add(settled);
    void settled.finally(() => this.#running.delete(settled));
    return running;
  }

  async settled(): Promise<void> {
    while (this.runs) {
      await Promise.all(this.#running);
    }
  }

  async #record(
    registered: RegisteredFunction,
    data: TypedData,
    triggerMetadata: Readonly<Record<string, TypedData>>,
  ): Promise<InvocationResponse> {
    const { name, trigger } = registered;
    const id = randomUUID();
    const startedAt = this.#clock();
    const index = this.invocations.push({ id, functionName: name, outcome: "running" }) - 1;
    const end = (outcome: Invocation["outcome"], error?: unknown) => {
      const why = error instanceof Error ? { error: error.message } : {};
      this.invocations[index] = { id, functionName: name, outcome, ...why };
      const how = outcome === "succeeded" ? "Succeeded" : "Failed";
      const took = `Duration=${this.#clock() - startedAt}ms`;
      const text = `Executed 'Functions.${name}' (${how}, Id=${id}, ${took})`;
      const level = outcome === "succeeded" ? "information" : "error";
      this.#log(level, name, id, error instanceof Error ? `${text} ${error.message}` : text);
    };
    this.#log("information", name, id, `Executing 'Functions.${name}' (Id=${id})`);
    try {
      const response = await this.#worker.invoke(name, {
        invocationId: id,
        inputData: [{ name: trigger.binding, data }],
        triggerMetadata,
        traceContext: { traceParent: newTraceParent(), traceState: "" },
      });
      await writeOutputs(registered, response, this.#queues);
      end("succeeded");
      return response;
    } catch (error) {
      end(error instanceof WorkerExit ? "lost" : "failed", error);
      throw error;
    }
  }

  #log(level: string, functionName: string, invocationId: string, message: string): void {
    this.#logs.add({ level, category: "host", functionName, invocationId, message });
  }
}

const newTraceParent = () =>
  `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;
