import type { BackfillJobs, BackfillPart } from "../../src/run/backfillJob.ts";
import type { StateStore } from "../../src/run/ports.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import type { VirtualTime } from "./virtualTime.ts";

/** What a port cost: each call is one transaction of Table Storage. */
interface Requests {
  count: number;
}

/** The same port, but every call takes a while and is counted. */
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
        // With the port itself: a proxy does not reach its private fields.
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

/** One backfill with one part; each write of it is one slice done. */
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
