import type { Subject } from "../detection/decisions/record.ts";
import { accountKey, joinNames, type AccountId } from "../detection/signin/account.ts";
import type {
  Delivery,
  DueItem,
  RecordIndex,
  SubjectRecord,
  StartState,
  Progress,
  StateChange,
  StateStore,
} from "../run/ports.ts";

/** An account whose records are kept under another one. */
export interface Owner {
  readonly alias: AccountId;
  readonly owner: AccountId;
}

/** The content of a store, as plain data. */
export interface StateSnapshot {
  readonly owners: readonly Owner[];
  readonly heads: readonly SubjectRecord[];
  readonly due: readonly DueItem[];
  readonly progress: Progress | null;
}

const nothing: StateSnapshot = { owners: [], heads: [], due: [], progress: null };

/** A store in the memory of the process. */
export class MemoryStore implements StateStore {
  readonly #heads: Map<string, SubjectRecord>;
  readonly #due: Map<string, DueItem>;
  readonly #owners: Map<string, Owner>;
  #progress: Progress | null;
  #version = 0;

  constructor({ owners, heads, due, progress }: StateSnapshot = nothing) {
    this.#owners = new Map(owners.map((each) => [accountKey(each.alias), each]));
    this.#heads = new Map(heads.map((head) => [subjectName(head.subject), head]));
    this.#due = new Map(due.map((item) => [dueName(item), item]));
    this.#progress = progress;
    for (const { version } of heads) {
      this.#version = Math.max(this.#version, Number(version));
    }
  }

  open(): Promise<StartState> {
    const due = [...this.#due.values()].toSorted((a, b) => a.dueAt - b.dueAt);
    return Promise.resolve({ progress: this.#progress, due });
  }

  readProgress(): Promise<Progress | null> {
    return Promise.resolve(this.#progress);
  }

  readIndex(): Promise<RecordIndex> {
    const owned = new Set(this.#owners.keys());
    const recorded = new Set(this.#heads.keys());
    return Promise.resolve({
      emptyHead(subject) {
        const isKnown = [subject, ...aliasesOf(subject, subject)].some(
          (id) =>
            owned.has(accountKey(id)) || recorded.has(subjectName({ ...subject, ...idOf(id) })),
        );
        return isKnown ? null : emptyHead(subject);
      },
      mayHaveOwner: (alias) => owned.has(accountKey(alias)),
    });
  }

  readOwners(aliases: readonly AccountId[]): Promise<ReadonlyMap<string, AccountId>> {
    const found = aliases.flatMap((alias) => {
      const owner = this.#ownerOf(alias);
      return owner === null ? [] : [[accountKey(alias), owner] as const];
    });
    return Promise.resolve(new Map(found));
  }

  readHead(subject: Subject): Promise<SubjectRecord> {
    const owned = { ...subject, ...this.#ownerOf(subject) };
    const own = this.#heads.get(subjectName(owned)) ?? emptyHead(owned);
    const others = aliasesOf(subject, owned).flatMap(
      (alias) => this.#heads.get(subjectName({ ...owned, ...alias })) ?? [],
    );
    return Promise.resolve(takeIn(own, others, owned));
  }

  write({ head, put = [], drop = [] }: StateChange): Promise<SubjectRecord | null | "conflict"> {
    if (head !== undefined && !this.#isCurrent(head)) {
      return Promise.resolve("conflict");
    }
    drop.forEach((item) => this.#due.delete(dueName(item)));
    if (head === undefined) {
      put.forEach((item) => this.#due.set(dueName(item), item));
      return Promise.resolve(null);
    }
    const { takenIn = [], ...stored } = head;
    takenIn.forEach((other) => this.#moveFrom(other.subject, head.subject));
    drop.forEach((item) => this.#due.delete(dueName({ ...item, subject: head.subject })));
    for (const item of put) {
      // Includes what was due for the account before more was known.
      const moved = { ...item, subject: head.subject };
      this.#due.delete(dueName(item));
      this.#due.set(dueName(moved), moved);
    }
    for (const alias of head.subject.aliases ?? []) {
      if (!this.#owners.has(accountKey(alias))) {
        const { tenantId, user } = head.subject;
        this.#owners.set(accountKey(alias), { alias, owner: { tenantId, user } });
      }
    }
    const next = { ...stored, version: String(++this.#version) };
    this.#heads.set(subjectName(head.subject), next);
    return Promise.resolve(next);
  }

  #ownerOf(alias: AccountId): AccountId | null {
    return this.#owners.get(accountKey(alias))?.owner ?? null;
  }

  /** Reports whether nobody wrote it since it was read, or found out that the account is another one. */
  #isCurrent({ subject, version, takenIn = [] }: SubjectRecord): boolean {
    return (
      this.#ownerOf(subject) === null &&
      [{ subject, version }, ...takenIn].every(
        (read) => (this.#heads.get(subjectName(read.subject))?.version ?? null) === read.version,
      )
    );
  }

  /** Moves records, and what is due for them, from another name to the subject. */
  #moveFrom(other: Subject, subject: Subject): void {
    this.#heads.delete(subjectName(other));
    for (const [name, item] of this.#due) {
      if (subjectName(item.subject) === subjectName(other)) {
        const moved = { ...item, subject };
        this.#due.delete(name);
        this.#due.set(dueName(moved), moved);
      }
    }
  }

  saveProgress(progress: Progress): Promise<void> {
    this.#progress = laterProgress(this.#progress, progress);
    return Promise.resolve();
  }

  saveLookedAgain(to: number): Promise<void> {
    this.#progress &&= lookedAgain(this.#progress, to);
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

  /** Returns the whole content. */
  snapshot(): StateSnapshot {
    return {
      owners: [...this.#owners.values()],
      heads: [...this.#heads.values()],
      due: [...this.#due.values()],
      progress: this.#progress,
    };
  }
}

function idOf({ tenantId, user }: AccountId): AccountId {
  return { tenantId, user };
}

function emptyHead(subject: Subject): SubjectRecord {
  return { subject, bursts: [], deliveries: {}, version: null };
}

/**
 * Returns every other identity that may have records of an account: its aliases, and the identity it was asked for
 * by. The records of a family move to the owner with the next write of that family, whichever family found the
 * owner.
 */
export function aliasesOf(asked: Subject, owner: AccountId): readonly AccountId[] {
  const { tenantId, user, aliases = [] } = asked;
  const all = [{ tenantId, user }, ...aliases].map((alias) => [accountKey(alias), alias] as const);
  return [...new Map(all)].flatMap(([key, alias]) => (key === accountKey(owner) ? [] : [alias]));
}

/**
 * Combines a record with those of the same account under other names.
 *
 * @param subject as it was asked for; its names may be new
 */
export function takeIn(
  own: SubjectRecord,
  others: readonly SubjectRecord[],
  subject: Subject,
): SubjectRecord {
  const heads = [own, ...others];
  const names = heads.reduce(
    (known, head) => joinNames(known, head.subject.names ?? []),
    subject.names ?? [],
  );
  return {
    ...own,
    subject: names.length === 0 ? subject : { ...subject, names },
    bursts: heads.flatMap(({ bursts }) => bursts),
    deliveries: Object.fromEntries(heads.flatMap(({ deliveries }) => Object.entries(deliveries))),
    ...(others.length === 0 ? {} : { takenIn: others }),
  };
}

/**
 * Merges the progress of two runs, which may end in any order. The furthest positions are kept, and the rest comes
 * from the run that began last.
 */
export function laterProgress(stored: Progress | null, progress: Progress): Progress {
  if (stored === null) {
    return progress;
  }
  const { lastSuccessAt, lookedAgainTo } = stored;
  const merged = {
    ...(stored.lastRunAt > progress.lastRunAt ? stored : progress),
    publishedTo: Math.max(stored.publishedTo, progress.publishedTo),
    lastSuccessAt:
      lastSuccessAt === null
        ? progress.lastSuccessAt
        : Math.max(lastSuccessAt, progress.lastSuccessAt ?? lastSuccessAt),
  };
  return lookedAgainTo === undefined ? merged : lookedAgain(merged, lookedAgainTo);
}

/** Returns the progress after the daily second look has come to `to`, unless it came further before. */
export function lookedAgain(progress: Progress, to: number): Progress {
  return { ...progress, lookedAgainTo: Math.max(to, progress.lookedAgainTo ?? to) };
}

/** Returns how far these bursts were sent. */
export function deliveriesOf(
  bursts: SubjectRecord["bursts"],
  deliveries: Readonly<Record<string, Delivery | undefined>>,
): SubjectRecord["deliveries"] {
  return Object.fromEntries(
    bursts.flatMap(({ id }) => {
      const delivery = deliveries[id];
      return delivery === undefined ? [] : [[id, delivery] as const];
    }),
  );
}

/** Returns the key of a subject's records. */
export function subjectName({ rule, workspaceId, tenantId, user }: Subject): string {
  return JSON.stringify([rule, workspaceId, tenantId, user]);
}

function dueName({ subject, burstId }: DueItem): string {
  return JSON.stringify([subjectName(subject), burstId]);
}
