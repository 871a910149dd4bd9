import type { Clock, SignInSource } from "./ports.ts";
import type { SendBudget } from "./sendBudget.ts";

/** Does something that takes no sending time. */
type Timed = <T>(wait: () => Promise<T>) => Promise<T>;

/**
 * Returns a function for waits that do not use up sending time. A query may wait three minutes for its turn, and what
 * was found must still be sent in the same run. Concurrent waits count once.
 */
export function outsideSending(
  clock: Clock,
  sending: Pick<SendBudget, "until" | "claimUntil">,
): Timed {
  let running = 0;
  let since = 0;
  return async (wait) => {
    if (running++ === 0) {
      since = clock.now();
    }
    try {
      return await wait();
    } finally {
      if (--running === 0) {
        const passed = clock.now() - since;
        sending.until += passed;
        sending.claimUntil += passed;
      }
    }
  };
}

/** Returns the same source, except that its queries do not use up sending time. */
export function timedSource(source: SignInSource, timed: Timed): SignInSource {
  return {
    ...(source.pageRows !== undefined && { pageRows: source.pageRows }),
    candidates: (query, signal) => timed(() => source.candidates(query, signal)),
    approvals: (query, signal) => timed(() => source.approvals(query, signal)),
  };
}

/** Yields the same items. Waiting for them does not use up sending time. */
export async function* timedItems<T>(items: AsyncGenerator<T>, timed: Timed): AsyncGenerator<T> {
  try {
    for (;;) {
      const next = await timed(() => items.next());
      if (next.done === true) {
        return;
      }
      yield next.value;
    }
  } finally {
    await items.return(undefined);
  }
}
