import type { Subject } from "../detection/record.ts";
import type { Head, StateStore } from "./ports.ts";

/** Records that live as long as the process. */
export class MemoryStore implements StateStore {
  readonly #heads: Map<string, Head>;

  constructor(heads: readonly Head[] = []) {
    this.#heads = new Map(heads.map((head) => [subjectName(head.subject), head]));
  }

  readHead(subject: Subject): Promise<Head> {
    return Promise.resolve(this.#heads.get(subjectName(subject)) ?? { subject, bursts: [] });
  }

  writeHead(head: Head): Promise<void> {
    this.#heads.set(subjectName(head.subject), head);
    return Promise.resolve();
  }

  /** Everything that is recorded. */
  heads(): readonly Head[] {
    return [...this.#heads.values()].filter((head) => head.bursts.length > 0);
  }
}

function subjectName({ rule, workspaceId, tenantId, user }: Subject): string {
  return JSON.stringify([rule, workspaceId, tenantId, user]);
}
