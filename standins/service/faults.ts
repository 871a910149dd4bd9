/** A fault of a service with a JSON API. */
export type ServiceFault =
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
export interface FaultPlan<Request> {
  /** The number of matching requests. Default: 1; `Infinity` for all. */
  readonly times?: number;
  /** The number of matching requests without the fault before that. */
  readonly after?: number;
  readonly match?: (request: Request) => boolean;
}

/** Faults waiting for their request. If several match, the oldest is used. */
export class Faults<Fault, Request> {
  #plans: { fault: Fault; times: number; after: number; match: (request: Request) => boolean }[] =
    [];

  add(fault: Fault, { times = 1, after = 0, match = () => true }: FaultPlan<Request> = {}): void {
    this.#plans.push({ fault, times, after, match });
  }

  clear(): void {
    this.#plans = [];
  }

  take(request: Request): Fault | undefined {
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
