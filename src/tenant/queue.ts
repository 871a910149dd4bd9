import type { Draft } from "./attempt.ts";

interface Entry {
  readonly draft: Draft;
  readonly ordinal: number;
}

function before(a: Entry, b: Entry): boolean {
  const difference = a.draft.publishedAt - b.draft.publishedAt;
  return difference === 0 ? a.ordinal < b.ordinal : difference < 0;
}

/** Rows waiting to be published. A binary heap: earliest first, ties in order of arrival. */
export class PublicationQueue {
  readonly #heap: Entry[] = [];
  #arrivals = 0;

  add(draft: Draft): void {
    const heap = this.#heap;
    const entry = { draft, ordinal: this.#arrivals };
    this.#arrivals += 1;
    let hole = heap.length;
    heap.push(entry);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || before(above, entry)) {
        break;
      }
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = entry;
  }

  /** Takes the earliest row if it is published at or before `until`. */
  take(until: number): Draft | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.draft.publishedAt > until) {
      return undefined;
    }
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) {
      this.#sink(last);
    }
    return first.draft;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let hole = 0;
    for (;;) {
      const left = heap[2 * hole + 1];
      const right = heap[2 * hole + 2];
      if (left === undefined) {
        break;
      }
      const child = right !== undefined && before(right, left) ? 2 * hole + 2 : 2 * hole + 1;
      const smaller = heap[child];
      if (smaller === undefined || before(entry, smaller)) {
        break;
      }
      heap[hole] = smaller;
      hole = child;
    }
    heap[hole] = entry;
  }
}
