import { fork, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Logs } from "./logs.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import type { FunctionMetadata, InvocationRequest, InvocationResponse } from "./rpc.ts";

/** A function threw. `stack` is that of its own process. */
class FunctionError extends Error {
  override name = "FunctionError";
}

/** The process of the functions ended, so it is unknown how far they got. */
export class WorkerExit extends Error {
  override name = "WorkerExit";
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Pending {
  readonly functionName: string;
  readonly resolve: (response: InvocationResponse) => void;
  readonly reject: (error: Error) => void;
}

/** The number of last output lines reported if the process ended unexpectedly. */
const tailLength = 20;

export class WorkerProcess {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #logs: Logs;
  readonly #pending = new Map<string, Pending>();
  readonly #tail: string[] = [];
  #gone: Exit | undefined;
  #loading: ((message: FromWorker | WorkerExit) => void) | undefined;

  constructor(workerPath: string, env: NodeJS.ProcessEnv, logs: Logs) {
    this.#logs = logs;
    this.#child = fork(workerPath, [], {
      env,
      // The test runner's own options must not reach the functions.
      execArgv: [],
      // Bodies are bytes, which JSON would damage.
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child.on("message", (message) => this.#receive(message as FromWorker));
    this.exited = this.#watch();
    this.#listen(this.#child.stdout, "information");
    this.#listen(this.#child.stderr, "error");
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @throws {FunctionError} if the app does not load, {WorkerExit} if the process ends */
  async load(main: string): Promise<readonly FunctionMetadata[]> {
    const answer = new Promise<FromWorker | WorkerExit>((resolve) => {
      this.#loading = resolve;
    });
    this.#send({ kind: "load", main });
    const message = await answer;
    if (message instanceof WorkerExit) {
      throw message;
    }
    if (message.kind === "loaded") {
      return message.functions;
    }
    if (message.kind === "notLoaded") {
      throw new FunctionError(message.error.stack);
    }
    throw new Error(`Unexpected "${message.kind}" while the app was loading.`);
  }

  /** @throws {FunctionError} the function's error; {WorkerExit} if the process ends */
  invoke(functionName: string, request: InvocationRequest): Promise<InvocationResponse> {
    return new Promise((resolve, reject) => {
      if (this.#gone) {
        reject(this.#explain(this.#gone, `"${functionName}" cannot run`));
        return;
      }
      this.#pending.set(request.invocationId, { functionName, resolve, reject });
      this.#send({ kind: "invoke", functionName, request });
    });
  }

  moveClock(now: number): void {
    this.#send({ kind: "clock", now });
  }

  /** Runs the app's shutdown hooks, and kills it if they take longer. */
  async terminate(graceMs: number): Promise<void> {
    if (this.#gone) {
      return;
    }
    this.#send({ kind: "terminate" });
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), graceMs);
    await this.exited;
    clearTimeout(timer);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  #send(message: ToWorker): void {
    // Sending fails if the process has just ended, and `exit` reports that to everybody who waits.
    this.#child.send(message, () => undefined);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "loaded":
      case "notLoaded":
        this.#loading?.(message);
        break;
      case "answered":
        this.#settle(message.response.invocationId)?.resolve(message.response);
        break;
      case "failed": {
        const error = new FunctionError(message.error.message);
        error.stack = message.error.stack;
        this.#settle(message.invocationId)?.reject(error);
        break;
      }
      case "log": {
        const category = message.entry.category === "user" ? "user" : "system";
        this.#logs.add({ ...message.entry, category });
        break;
      }
      case "terminated":
        break;
    }
  }

  #settle(invocationId: string): Pending | undefined {
    const pending = this.#pending.get(invocationId);
    this.#pending.delete(invocationId);
    return pending;
  }

  async #watch(): Promise<Exit> {
    const exit = await new Promise<Exit>((resolve) => {
      // Not "exit", because the last output is still in the pipes then.
      this.#child.once("close", (code, signal) => resolve({ code, signal }));
      this.#child.on("error", (error) => {
        this.#tail.push(String(error));
        if (this.#child.pid === undefined) {
          resolve({ code: null, signal: null });
        }
      });
    });
    this.#gone = exit;
    this.#loading?.(this.#explain(exit, "the app was loading"));
    for (const { functionName, reject } of this.#pending.values()) {
      reject(this.#explain(exit, `"${functionName}" was running`));
    }
    this.#pending.clear();
    return exit;
  }

  #explain({ code, signal }: Exit, meanwhile: string): WorkerExit {
    const how = signal ?? `exit code ${code ?? "unknown"}`;
    const printed = this.#tail.length > 0 ? `\n${this.#tail.join("\n")}` : "";
    return new WorkerExit(`The functions' process ended (${how}); ${meanwhile}.${printed}`);
  }

  #listen(stream: ChildProcess["stdout"], level: string): void {
    if (!stream) {
      return;
    }
    createInterface({ input: stream }).on("line", (message) => {
      this.#tail.push(message);
      if (this.#tail.length > tailLength) {
        this.#tail.shift();
      }
      this.#logs.add({ level, category: "console", message });
    });
  }
}
