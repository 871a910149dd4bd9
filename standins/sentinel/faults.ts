import type { SentinelRequest } from "./request.ts";

/** What goes wrong. */
export type SentinelFault =
  /** An error answer; with `acted` after the request was carried out, as a gateway that gave up waiting. */
  | {
      readonly status: number;
      readonly retryAfterSeconds?: number;
      readonly code?: string;
      readonly message?: string;
      readonly acted?: boolean;
    }
  /** A good answer, late. */
  | { readonly slowMs: number }
  /** No answer: the connection ends before the request is carried out, or after. */
  | { readonly cut: "before" | "after" }
  /** Carried out, and answered 200 with half a body. */
  | { readonly malformed: true };

/** Which requests it happens to. */
export interface SentinelFaultPlan {
  /** How many requests; 1 unless told. */
  readonly times?: number;
  /** How many matching requests go well before. */
  readonly after?: number;
  readonly match?: (request: SentinelRequest) => boolean;
}

/** Faults waiting for their request; the oldest plan that wants a request gets it. */
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
