import { eachBurst } from "../../src/detection/bursts/eachBurst.ts";
import { timeWindowing, type Burst, type WindowingTask } from "../findings/windowing.ts";
import type { Turn } from "../frame/rounds.ts";

/** The detector's windows over columns, in any order. */
export function work(task: WindowingTask): Turn {
  return timeWindowing(task, ({ users: account, at }, { windowMs, threshold, users }) => {
    const bursts: Burst[] = [];
    const rule = { kind: "sliding", windowMs, threshold } as const;
    eachBurst(rule, { accounts: users, account, at }, (burst) => {
      const { account: user, firstDenialAt, lastDenialAt, denials, triggeredAt } = burst;
      bursts.push({ user, first: firstDenialAt, last: lastDenialAt, denials, triggeredAt });
    });
    return bursts;
  });
}
