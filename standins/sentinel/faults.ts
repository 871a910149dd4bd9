import type { SentinelRequest } from "./request.ts";

/** A fault. */
export type SentinelFault =
  /**
   * An error answer. With `acted` it comes after the request was carried out, as from a gateway that gave up
   * waiting.
   */
  | {
      readonly status: number;
      readonly retryAfterSeconds?: number;
      readonly code?: string;
      readonly message?: string;
      readonly acted?: boolean;
    }
  /** A good but late answer. */
  | { readonly slowMs: number }
  /** No answer: the connection ends before or after the request is carried out. */
  | { readonly cut: "before" | "after" }
  /** Carried out, and answered with 200 and half a body. */
  | { readonly malformed: true };

/** The requests that a fault applies to. */
export interface SentinelFaultPlan {
  /** The number of requests. Default: 1. */
  readonly times?: number;
  /** The number of matching requests without the fault before that. */
  readonly after?: number;
  readonly match?: (request: SentinelRequest) => boolean;
}

/** Faults waiting for their request. If several match, the oldest is used. */
export class Faults {
  #plans: { fault: SentinelFault; times: number; after: number; match: Match }[] = [];

  add(fault: SentinelFault, { times = 1, after = 0, match = () => true }: SentinelFaultPlan): void {
    this.#plans.push({ fault, times, after, match });
  }

  clear(): void {
    this.#plans = [];
  }

  take(request: SentinelRequest): SentinelFault | undefined {
    for (const plan of this.#plans) {
      if (plan.times === 0 || !plan.match(request)) {
        continue;
      }
      if (plan.after > 0) {
        plan.after--;
        continue;
      }
      plan.times--;
      return plan.fault;
    }
    return undefined;
  }
}

type Match = (request: SentinelRequest) => boolean;
