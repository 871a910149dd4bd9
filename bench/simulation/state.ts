import type { BackfillJobs, BackfillPart } from "../../src/run/backfillJob.ts";
import type { StateStore } from "../../src/run/ports.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import type { VirtualTime } from "./virtualTime.ts";

/** The cost of a port. Each call is one transaction of Table Storage. */
interface Requests {
  count: number;
}

/** Wraps a port so that every call takes a while and is counted. */
function overNetwork<T extends object>(
  port: T,
  time: VirtualTime,
  latencyMs: number,
  requests: Requests,
): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") {
        return value;
      }
      return async (...args: readonly unknown[]): Promise<unknown> => {
        requests.count++;
        await time.sleep(latencyMs);
        // Called on the port itself, because a proxy has no access to its private fields.
        return Reflect.apply(value, target, args);
      };
    },
  });
}

export function simulatedStore(time: VirtualTime, latencyMs: number) {
  const requests: Requests = { count: 0 };
  const store: StateStore = overNetwork(new MemoryStore(), time, latencyMs, requests);
  return { store, requests };
}

/** One backfill with one part. Each write of it is one completed slice. */
export function simulatedJob(part: BackfillPart, time: VirtualTime, latencyMs: number) {
  const requests: Requests = { count: 0 };
  const current = { part, version: 1 };
  const jobs: BackfillJobs = {
    begin: () => Promise.reject(new Error("it was begun already")),
    read: () => Promise.resolve(null),
    readPart: () => Promise.resolve({ part: current.part, version: String(current.version) }),
    writePart(_id, next, version) {
      if (version !== String(current.version)) {
        return Promise.resolve(null);
      }
      current.part = next;
      current.version++;
      return Promise.resolve(String(current.version));
    },
  };
  return {
    jobs: overNetwork(jobs, time, latencyMs, requests),
    requests,
    slices: () => current.version - 1,
  };
}
