import type { Fields } from "../../../detection/signin/fields.ts";
import type { PendingJoin } from "../../../run/inputSeen.ts";

/** More requests than one download from a portal contains. */
const mostRequests = 200_000;
/** The number of steps kept per request. */
const mostSteps = 200;
/** How long a request waits for its counterpart: as long as the app keeps its state. */
const longestWaitMs = 180 * 24 * 60 * 60_000;

/**
 * Joins the steps in a portal's file of authentication details, which names no user, to the sign-ins of their
 * requests, whichever is read first.
 */
export class StepJoin {
  readonly #steps = new Map<string, unknown[]>();
  readonly #waiting = new Map<string, Fields>();
  readonly #joined = new Set<string>();
  readonly #since = new Map<string, number>();
  readonly #forgotten = new Set<string>();
  /** Requests whose steps earlier runs left. */
  readonly #earlier = new Set<string>();

  /**
   * @param earlier what earlier runs left
   * @param now epoch ms; what has waited for too long is forgotten
   */
  constructor(earlier: PendingJoin = { steps: [], signIns: [] }, now = 0) {
    const times = new Map(Object.entries(earlier.since ?? {}));
    const isKept = (request: string): boolean => {
      const since = times.get(request) ?? now;
      const isOld = now - since > longestWaitMs;
      if (isOld) {
        this.#forgotten.add(request);
      } else {
        this.#since.set(request, since);
      }
      return !isOld;
    };
    for (const [request, steps] of earlier.steps) {
      if (isKept(request)) {
        this.#steps.set(request, [...steps]);
        this.#earlier.add(request);
      }
    }
    for (const signIn of earlier.signIns) {
      const request = requestOf(signIn) ?? "";
      if (isKept(request)) {
        this.#waiting.set(request, signIn);
      }
    }
  }

  /** The number of requests that have waited for too long. */
  get forgotten(): number {
    return this.#forgotten.size;
  }

  /** The number of steps in this run's files of requests without a sign-in. */
  get unmatched(): number {
    let count = 0;
    for (const [request, steps] of this.#steps) {
      const isNew = !this.#earlier.has(request);
      count +=
        isNew && !this.#waiting.has(request) && !this.#joined.has(request) ? steps.length : 0;
    }
    return count;
  }

  /**
   * @param mayWait whether the steps of the record can come in a separate file
   * @returns the record, with its steps if they are known; null if it consists only of steps
   */
  see(record: Fields, mayWait: boolean): Fields | null {
    const request = requestOf(record);
    if (request === null) {
      return record;
    }
    const steps = record["AuthenticationDetails"] ?? record["authenticationDetails"];
    if (Array.isArray(steps) && steps.length > 0 && isBare(record)) {
      this.#keep(request, steps);
      return null;
    }
    const known = this.#steps.get(request);
    if (steps !== undefined && !(Array.isArray(steps) && steps.length === 0)) {
      if (known !== undefined) {
        this.#joined.add(request);
      }
      return record;
    }
    if (known === undefined) {
      if (mayWait && this.#waiting.size < mostRequests) {
        this.#waiting.set(request, record);
      }
      return record;
    }
    this.#joined.add(request);
    const name = record["authenticationDetails"] === undefined ? "A" : "a";
    return { ...record, [`${name}uthenticationDetails`]: known };
  }

  /** Returns sign-ins that came before their steps, with these. */
  *late(): Generator<Fields> {
    for (const [request, record] of this.#waiting) {
      const steps = this.#steps.get(request);
      if (steps !== undefined) {
        this.#joined.add(request);
        yield { ...record, AuthenticationDetails: steps };
      }
    }
  }

  /**
   * Returns what is still to be joined, for the next run.
   *
   * @param now epoch ms
   */
  pending(now: number): PendingJoin {
    const isOpen = ([request]: readonly [string, unknown]) => !this.#joined.has(request);
    const steps = [...this.#steps].filter(isOpen).slice(-mostRequests);
    const signIns = [...this.#waiting].filter(isOpen).slice(-mostRequests);
    const since = [...steps, ...signIns].map(
      ([request]) => [request, this.#since.get(request) ?? now] as const,
    );
    return {
      steps,
      signIns: signIns.map(([, record]) => record),
      since: Object.fromEntries(since),
    };
  }

  #keep(request: string, steps: readonly unknown[]): void {
    const held = this.#steps.get(request) ?? [];
    const known = new Set(held.map((step) => JSON.stringify(step)));
    held.push(...steps.filter((step) => !known.has(JSON.stringify(step))));
    if (held.length <= mostSteps && (this.#steps.has(request) || this.#steps.size < mostRequests)) {
      this.#steps.set(request, held);
    }
  }
}

function requestOf(record: Fields): string | null {
  const id = record["Id"] ?? record["id"];
  return typeof id === "string" && id.trim() !== "" ? id.trim().toLowerCase() : null;
}

/** Reports whether it has neither an account nor a result. */
function isBare(record: Fields): boolean {
  return ![
    "UserPrincipalName",
    "userPrincipalName",
    "UserId",
    "userId",
    "UserDisplayName",
    "ResultType",
    "resultType",
    "Status",
    "status",
  ].some((name) => record[name] !== undefined);
}
