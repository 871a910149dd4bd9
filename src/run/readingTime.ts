import type { Clock, LogAnswer, SignInSource } from "./ports.ts";
import type { SendBudget } from "./sendBudget.ts";

/**
 * Returns the same source, except that its queries do not use up sending time. A query may wait three minutes for
 * its turn, and what was found must still be sent in the same run. Concurrent queries count once.
 */
export function withoutSendingTime(
  source: SignInSource,
  clock: Clock,
  sending: Pick<SendBudget, "until" | "claimUntil">,
): SignInSource {
  let running = 0;
  let since = 0;
  const timed = async (ask: () => Promise<LogAnswer>): Promise<LogAnswer> => {
    if (running++ === 0) {
      since = clock.now();
    }
    try {
      return await ask();
    } finally {
      if (--running === 0) {
        const passed = clock.now() - since;
        sending.until += passed;
        sending.claimUntil += passed;
      }
    }
  };
  return {
    ...(source.pageRows !== undefined && { pageRows: source.pageRows }),
    candidates: (query, signal) => timed(() => source.candidates(query, signal)),
    approvals: (query, signal) => timed(() => source.approvals(query, signal)),
  };
}
