/** Time that passes only while everybody waits for it. */
export class VirtualTime {
  #now: number;
  #order = 0;
  /** A heap: the earliest at the top, of equal ones the one that came first. */
  readonly #waiting: Waiting[] = [];

  constructor(startAt: number) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      push(this.#waiting, { at: this.#now + ms, order: this.#order++, resolve });
    });
  }

  /** Lets time pass until the work is done. */
  async runUntil<T>(work: Promise<T>): Promise<T> {
    const progress = { isDone: false };
    const finish = () => {
      progress.isDone = true;
    };
    work.then(finish, finish);
    for (;;) {
      // All that follows from what happened last, as long as it waits for no time.
      await new Promise(setImmediate);
      if (progress.isDone) {
        return work;
      }
      const next = pop(this.#waiting);
      if (next === undefined) {
        throw new Error("everybody waits, and nobody for time");
      }
      this.#now = next.at;
      next.resolve();
    }
  }
}

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly resolve: () => void;
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Waiting[], item: Waiting): void {
  let place = heap.push(item) - 1;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || isBefore(above, item)) {
      break;
    }
    heap[place] = above;
    place = parent;
  }
  heap[place] = item;
}

function pop(heap: Waiting[]): Waiting | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) {
    return top;
  }
  let place = 0;
  for (;;) {
    const left = heap[2 * place + 1];
    const right = heap[2 * place + 2];
    const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
    if (child === undefined || isBefore(last, child)) {
      break;
    }
    heap[place] = child;
    place = child === right ? 2 * place + 2 : 2 * place + 1;
  }
  heap[place] = last;
  return top;
}
