import type { Fields } from "../../../detection/signin/fields.ts";
import type { PendingJoin } from "../../../run/inputSeen.ts";

/** More requests than one download from a portal contains. */
const mostRequests = 200_000;
/** The number of steps kept per request. */
const mostSteps = 200;

/**
 * Joins the steps in a portal's file of authentication details, which names no user, to the sign-ins of their
 * requests, whichever is read first.
 */
export class StepJoin {
  readonly #steps = new Map<string, unknown[]>();
  readonly #waiting = new Map<string, Fields>();
  readonly #joined = new Set<string>();

  /** @param earlier what earlier runs left */
  constructor(earlier: PendingJoin = { steps: [], signIns: [] }) {
    for (const [request, steps] of earlier.steps) {
      this.#steps.set(request, [...steps]);
    }
    for (const signIn of earlier.signIns) {
      this.#waiting.set(requestOf(signIn) ?? "", signIn);
    }
  }

  /** The number of requests with steps but without a sign-in. */
  get unmatched(): number {
    let count = 0;
    for (const [request, steps] of this.#steps) {
      count += this.#waiting.has(request) || this.#joined.has(request) ? 0 : steps.length;
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
    if (steps !== undefined && !(Array.isArray(steps) && steps.length === 0)) {
      return record;
    }
    const known = this.#steps.get(request);
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

  /** Returns what is still to be joined, for the next run. */
  pending(): PendingJoin {
    const isOpen = ([request]: readonly [string, unknown]) => !this.#joined.has(request);
    return {
      steps: [...this.#steps].filter(isOpen).slice(-mostRequests),
      signIns: [...this.#waiting]
        .filter(isOpen)
        .map(([, record]) => record)
        .slice(-mostRequests),
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
