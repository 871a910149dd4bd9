// The process that runs the functions: a small stand-in for the Node.js worker of Azure Functions. Plain
// JavaScript, because it is started by itself, from the sources as from the built demonstration.
//
// As the real worker it supplies "@azure/functions-core" to whoever requires it, and lets the app's own
// @azure/functions turn requests into arguments, and results into answers.
"use strict";

const Module = require("node:module");
const { inspect } = require("node:util");

/**
 * @typedef {import("./protocol.ts").ToWorker} ToWorker
 * @typedef {import("./protocol.ts").FromWorker} FromWorker
 * @typedef {Extract<FromWorker, { kind: "log" }>["entry"]} WorkerLog
 * @typedef {Extract<FromWorker, { kind: "failed" }>["error"]} Failure
 * @typedef {import("./rpc.ts").FunctionMetadata} FunctionMetadata
 * @typedef {import("./rpc.ts").InvocationRequest} InvocationRequest
 * @typedef {import("./rpc.ts").InvocationResponse} InvocationResponse
 * @typedef {(...args: unknown[]) => unknown} Callback
 * @typedef {Record<string, unknown>} HookData
 * @typedef {{
 *   getArguments(): Promise<{ context: unknown, inputs: unknown[] }>,
 *   invokeFunction(context: unknown, inputs: unknown[], handler: Callback): Promise<unknown>,
 *   getResponse(context: unknown, result: unknown): Promise<InvocationResponse>,
 * }} InvocationModel
 * @typedef {{
 *   name: string,
 *   version: string,
 *   getInvocationModel(context: object): InvocationModel | Promise<InvocationModel>,
 *   getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>,
 * }} ProgrammingModel
 */

/** @type {Map<string, { metadata: FunctionMetadata, callback: Callback }>} */
const functions = new Map();
/** @type {Record<string, Callback[]>} */
const hooks = { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] };
/** @type {HookData} */
const appHookData = {};
/** @type {ProgrammingModel | undefined} */
let model;
let started = false;

class Disposable {
  /** @readonly */
  #callOnDispose;

  /** @param {() => void} callOnDispose */
  constructor(callOnDispose) {
    this.#callOnDispose = callOnDispose;
  }

  dispose() {
    this.#callOnDispose();
  }
}

const core = {
  version: "3.13.0",
  hostVersion: "4.1045.200.1",
  Disposable,
  /** @param {ProgrammingModel} chosen */
  setProgrammingModel(chosen) {
    model = chosen;
  },
  getProgrammingModel: () => model,
  /**
   * @param {FunctionMetadata} metadata
   * @param {Callback} callback
   */
  registerFunction(metadata, callback) {
    if (started) {
      throw systemError("A function can only be registered during app startup.");
    }
    if (functions.has(metadata.name)) {
      throw systemError(`A function named "${metadata.name}" is registered already.`);
    }
    functions.set(metadata.name, { metadata, callback });
    return new Disposable(() => functions.delete(metadata.name));
  },
  /**
   * @param {string} name
   * @param {Callback} callback
   */
  registerHook(name, callback) {
    const callbacks = hooks[name];
    if (!callbacks) {
      throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), {
        isAzureFunctionsSystemError: true,
      });
    }
    callbacks.push(callback);
    return new Disposable(() => callbacks.splice(callbacks.indexOf(callback), 1));
  },
  /**
   * @param {string} level
   * @param {string} category
   * @param {string} message
   */
  log: (level, category, message) => log({ level, category, message }),
};

// oxlint-disable-next-line typescript/unbound-method -- it is called with its `this`
const realRequire = Module.prototype.require;
/** @type {(this: Module, id: string) => unknown} */
Module.prototype.require = function supplyCore(id) {
  return id === "@azure/functions-core" ? core : realRequire.call(this, id);
};

// The time that the host sets; no time of its own goes by in the clock of the machine.
const RealDate = Date;
let ahead = 0;
const MovedDate = new Proxy(RealDate, {
  construct: (target, time, newTarget) =>
    Reflect.construct(target, time.length === 0 ? [RealDate.now() + ahead] : time, newTarget),
  get: (target, name) =>
    name === "now" ? () => RealDate.now() + ahead : Reflect.get(target, name),
});

/** @param {number} now */
function moveClock(now) {
  ahead = now - RealDate.now();
  globalThis.Date = MovedDate;
}

process.on("message", (/** @type {ToWorker} */ message) => {
  if (message.kind === "load") {
    void load(message.main);
  } else if (message.kind === "clock") {
    moveClock(message.now);
  } else if (message.kind === "invoke") {
    void invoke(message.functionName, message.request);
  } else {
    void terminate();
  }
});
// The host is gone, however it went.
process.on("disconnect", () => process.exit());

/** @param {string} main */
async function load(main) {
  try {
    require(main);
    await runHooks("appStart", { hookData: {}, appHookData });
    started = true;
    const capabilities = (await model?.getCapabilities?.({})) ?? {};
    if ("HttpUri" in capabilities) {
      throw systemError("The stand-in does not stream HTTP bodies.");
    }
    send({ kind: "loaded", functions: [...functions.values()].map(({ metadata }) => metadata) });
  } catch (error) {
    send({ kind: "notLoaded", error: failure(error) });
  }
}

/**
 * @param {string} functionName
 * @param {InvocationRequest} request
 */
async function invoke(functionName, request) {
  const { invocationId } = request;
  try {
    send({ kind: "answered", response: await run(functionName, request) });
  } catch (error) {
    send({ kind: "failed", invocationId, error: failure(error) });
  }
}

/**
 * @param {string} functionName
 * @param {InvocationRequest} request
 */
async function run(functionName, request) {
  const { invocationId } = request;
  const registered = functions.get(functionName);
  if (!registered || !model) {
    throw systemError(`No function "${functionName}" is registered.`);
  }
  const coreContext = {
    invocationId,
    request,
    metadata: registered.metadata,
    /** @type {string | undefined} */
    state: undefined,
    /**
     * @param {string} level
     * @param {string} category
     * @param {string} message
     */
    log: (level, category, message) =>
      log({ level, category, message, functionName, invocationId }),
  };
  const invocation = await model.getInvocationModel(coreContext);
  const { context, inputs } = await invocation.getArguments();
  const shared = { hookData: {}, appHookData, invocationContext: context };

  const before = { ...shared, inputs, functionCallback: registered.callback };
  coreContext.state = "preInvocationHooks";
  await runHooks("preInvocation", before);

  /** @type {{ result: unknown, error: unknown }} */
  const outcome = { result: null, error: null };
  const after = Object.assign(outcome, shared, { inputs: before.inputs });
  coreContext.state = "invocation";
  try {
    const { functionCallback } = before;
    after.result = await invocation.invokeFunction(context, before.inputs, functionCallback);
  } catch (error) {
    after.error = error ?? new Error("The function threw nothing.");
  }
  coreContext.state = "postInvocationHooks";
  await runHooks("postInvocation", after);
  coreContext.state = undefined;

  if (after.error instanceof Error) {
    throw after.error;
  }
  if (after.error !== null && after.error !== undefined) {
    throw new Error(inspect(after.error));
  }
  return invocation.getResponse(context, after.result);
}

async function terminate() {
  try {
    await runHooks("appTerminate", { hookData: {}, appHookData });
  } catch (error) {
    log({ level: "error", category: "system", message: failure(error).stack });
  }
  // Once this one has gone out, so have all logs before it.
  process.send?.({ kind: "terminated" }, undefined, {}, () => process.disconnect());
}

/**
 * @param {string} name
 * @param {object} context
 */
async function runHooks(name, context) {
  for (const callback of hooks[name] ?? []) {
    await callback(context);
  }
}

/** @param {WorkerLog} entry */
function log(entry) {
  const context = { hookData: {}, appHookData, ...entry };
  for (const callback of hooks["log"] ?? []) {
    callback(context);
  }
  send({ kind: "log", entry: { ...entry, level: context.level, message: context.message } });
}

/** @param {FromWorker} message */
function send(message) {
  if (process.connected) {
    process.send?.(message);
  }
}

/**
 * @param {unknown} error
 * @returns {Failure}
 */
function failure(error) {
  if (!(error instanceof Error)) {
    return { message: String(error), stack: String(error) };
  }
  return { message: error.message, stack: error.stack ?? error.message };
}

/** @param {string} message */
function systemError(message) {
  return Object.assign(new Error(message), { isAzureFunctionsSystemError: true });
}
