import type { Reply } from "./reply.ts";

/** How long the service repeats an answer to the same question. */
const lifetimeMs = 120_000;

/** A cached reply, with its age in whole seconds. */
export interface CachedReply {
  readonly reply: Reply;
  readonly ageSeconds: number;
}

/** Answers of the last two minutes, which the service repeats unless the request says `no-cache`. */
export class AnswerCache {
  readonly #clock: () => number;
  readonly #replies = new Map<string, { readonly reply: Reply; readonly at: number }>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get(question: string): CachedReply | null {
    const known = this.#replies.get(question);
    const age = known === undefined ? Infinity : this.#clock() - known.at;
    return known === undefined || age < 0 || age >= lifetimeMs
      ? null
      : { reply: known.reply, ageSeconds: Math.floor(age / 1000) };
  }

  /** Keeps an answer if it is a success. */
  keep(question: string, reply: Reply): void {
    if (reply.status === 200) {
      this.#replies.delete(question);
      this.#replies.set(question, { reply, at: this.#clock() });
      // Bounded, because a test may query for days. The oldest is dropped first.
      for (const key of this.#replies.keys()) {
        if (this.#replies.size <= 64) {
          break;
        }
        this.#replies.delete(key);
      }
    }
  }
}
