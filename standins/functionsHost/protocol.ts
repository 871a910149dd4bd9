import type { FunctionMetadata, InvocationRequest, InvocationResponse } from "./rpc.ts";

/** Messages between the host and the process that runs the functions; gRPC in Azure, Node's own channel here. */
export type ToWorker =
  | { readonly kind: "load"; readonly main: string }
  | { readonly kind: "invoke"; readonly functionName: string; readonly request: InvocationRequest }
  /** From now on it is this time (epoch ms), and goes on from there. */
  | { readonly kind: "clock"; readonly now: number }
  | { readonly kind: "terminate" };

export type FromWorker =
  | { readonly kind: "loaded"; readonly functions: readonly FunctionMetadata[] }
  | { readonly kind: "notLoaded"; readonly error: Failure }
  | { readonly kind: "answered"; readonly response: InvocationResponse }
  | { readonly kind: "failed"; readonly invocationId: string; readonly error: Failure }
  | { readonly kind: "log"; readonly entry: WorkerLog }
  | { readonly kind: "terminated" };

interface Failure {
  readonly message: string;
  readonly stack: string;
}

interface WorkerLog {
  readonly level: string;
  /** "user" is what functions log, "system" what the library says. */
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}
