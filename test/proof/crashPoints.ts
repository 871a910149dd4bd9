/** Every point at which a process can die: found by recording a run, and tried one by one. */
import { gone, type AppChild } from "./stage.ts";
import type { Gateway, Handler, PassingRequest } from "./gateway.ts";

/** Moments of a request: before the service gets it, after it acted, after its answer was passed on. */
export const moments = ["before", "acted", "answered"] as const;

export interface CrashPoint {
  /** Which of the process's requests, from 1. */
  readonly number: number;
  readonly moment: (typeof moments)[number];
}

/** A process that is watched. */
export interface Watched {
  /** Its requests so far, in words that are the same in every run. */
  readonly requests: readonly string[];
}

/**
 * Looks at the requests of a process and lets them pass one at a time, so that they come in an order: those that
 * a process sends side by side would otherwise overtake each other.
 */
export function record(gateway: Gateway): Watched {
  const requests: string[] = [];
  watch(gateway, (request, forward) => {
    requests.push(nameOf(request));
    return forward();
  });
  return { requests };
}

/** As `record`, and kills the process there. */
export function crashAt(app: AppChild, { number, moment }: CrashPoint): Watched {
  const requests: string[] = [];
  let dying: Promise<void> | null = null;
  watch(app.gateway, async (request, forward) => {
    if (dying !== null) {
      return gone;
    }
    if (requests.push(nameOf(request)) !== number) {
      return forward();
    }
    const answer = moment === "before" ? null : await forward();
    if (moment === "answered") {
      dying = request.answered.then(() => app.kill());
      return answer;
    }
    await app.kill();
    return gone;
  });
  return { requests };
}

function watch(gateway: Gateway, each: Handler): void {
  let last: Promise<unknown> = Promise.resolve();
  gateway.use((request, forward) => {
    if (isHousekeeping(request)) {
      return forward();
    }
    const turn = last.then(() => each(request, forward));
    last = turn.catch(() => undefined);
    return turn;
  });
}

/**
 * What the Functions host does by the clock: looks for messages, and keeps those it has hidden. To die there is
 * the same as to die at the request before or after.
 */
function isHousekeeping({ service, method, path }: PassingRequest): boolean {
  return (
    service === "queue" && (method === "GET" || (method === "PUT" && /\/messages\//.test(path)))
  );
}

/** Without ids and dates that are new each time. */
function nameOf({ service, method, path }: PassingRequest): string {
  const place = decodeURIComponent(path)
    .replace(/\?.*/, "")
    .replace(/[\da-f]{8}-[\da-f-]{27}/gi, "…")
    .replace(/[\da-f]{32}/gi, "…")
    .replace(/\/messages\/.*/, "/messages/…");
  return `${service} ${method} ${place.split("/").slice(-3).join("/")}`;
}
