import type { FunctionMetadata, InvocationRequest, InvocationResponse } from "./rpc.ts";

/**
 * Messages between the host and the process that runs the functions. Azure uses gRPC; here it is Node's own
 * channel.
 */
export type ToWorker =
  | { readonly kind: "load"; readonly main: string }
  | { readonly kind: "invoke"; readonly functionName: string; readonly request: InvocationRequest }
  /** Sets the clock to this time (epoch ms). It runs on from there. */
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
  /** "user": log of the functions; "system": log of the library. */
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}
