import type { Subject } from "../detection/decisions/record.ts";
import type {
  Delivery,
  DueItem,
  Head,
  Opening,
  Progress,
  StateChange,
  StateStore,
} from "../run/ports.ts";

/** What a store holds, as plain data. */
export interface StateSnapshot {
  readonly heads: readonly Head[];
  readonly due: readonly DueItem[];
  readonly progress: Progress | null;
}

/** Records that live as long as the process. */
export class MemoryStore implements StateStore {
  readonly #heads: Map<string, Head>;
  readonly #due: Map<string, DueItem>;
  #progress: Progress | null;
  #version = 0;

  constructor({ heads, due, progress }: StateSnapshot = { heads: [], due: [], progress: null }) {
    this.#heads = new Map(heads.map((head) => [subjectName(head.subject), head]));
    this.#due = new Map(due.map((item) => [dueName(item), item]));
    this.#progress = progress;
    for (const { version } of heads) {
      this.#version = Math.max(this.#version, Number(version));
    }
  }

  open(): Promise<Opening> {
    const due = [...this.#due.values()].toSorted((a, b) => a.dueAt - b.dueAt);
    return Promise.resolve({ progress: this.#progress, due });
  }

  readProgress(): Promise<Progress | null> {
    return Promise.resolve(this.#progress);
  }

  readHead(subject: Subject): Promise<Head> {
    const empty = { subject, bursts: [], deliveries: {}, version: null };
    return Promise.resolve(this.#heads.get(subjectName(subject)) ?? empty);
  }

  write({ head, put = [], drop = [] }: StateChange): Promise<Head | null | "conflict"> {
    if (head !== undefined) {
      const stored = this.#heads.get(subjectName(head.subject));
      if ((stored?.version ?? null) !== head.version) {
        return Promise.resolve("conflict");
      }
    }
    drop.forEach((item) => this.#due.delete(dueName(item)));
    put.forEach((item) => this.#due.set(dueName(item), item));
    if (head === undefined) {
      return Promise.resolve(null);
    }
    const next = { ...head, version: String(++this.#version) };
    this.#heads.set(subjectName(head.subject), next);
    return Promise.resolve(next);
  }

  saveProgress(progress: Progress): Promise<void> {
    this.#progress = laterProgress(this.#progress, progress);
    return Promise.resolve();
  }

  prune(before: number): Promise<number> {
    let pruned = 0;
    for (const [name, head] of this.#heads) {
      const bursts = head.bursts.filter((burst) => burst.extent.to >= before);
      pruned += head.bursts.length - bursts.length;
      if (bursts.length === 0) {
        this.#heads.delete(name);
      } else if (bursts.length < head.bursts.length) {
        const deliveries = deliveriesOf(bursts, head.deliveries);
        this.#heads.set(name, { ...head, bursts, deliveries, version: String(++this.#version) });
      }
    }
    return Promise.resolve(pruned);
  }

  /** Everything that is held. */
  snapshot(): StateSnapshot {
    return {
      heads: [...this.#heads.values()],
      due: [...this.#due.values()],
      progress: this.#progress,
    };
  }
}

/**
 * Two runs may end in any order: what is furthest on holds, and the rest is told of the run that began last.
 */
export function laterProgress(stored: Progress | null, progress: Progress): Progress {
  if (stored === null) {
    return progress;
  }
  const { lastSuccessAt } = stored;
  return {
    ...(stored.lastRunAt > progress.lastRunAt ? stored : progress),
    publishedTo: Math.max(stored.publishedTo, progress.publishedTo),
    lastSuccessAt:
      lastSuccessAt === null
        ? progress.lastSuccessAt
        : Math.max(lastSuccessAt, progress.lastSuccessAt ?? lastSuccessAt),
  };
}

/** How far these bursts were sent. */
export function deliveriesOf(
  bursts: Head["bursts"],
  deliveries: Readonly<Record<string, Delivery | undefined>>,
): Head["deliveries"] {
  return Object.fromEntries(
    bursts.flatMap(({ id }) => {
      const delivery = deliveries[id];
      return delivery === undefined ? [] : [[id, delivery] as const];
    }),
  );
}

function subjectName({ rule, workspaceId, tenantId, user }: Subject): string {
  return JSON.stringify([rule, workspaceId, tenantId, user]);
}

function dueName({ subject, burstId }: DueItem): string {
  return JSON.stringify([subjectName(subject), burstId]);
}
