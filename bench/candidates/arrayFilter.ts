import {
  timeWindowing,
  type Burst,
  type FindBursts,
  type WindowingTask,
} from "../findings/windowing.ts";
import type { Turn } from "../frame/rounds.ts";

interface Denial {
  readonly user: number;
  readonly at: number;
}

type OpenBurst = Omit<Burst, "triggeredAt"> & { readonly triggeredAt: number | null };

/**
 * The first version that one would write: an array per user, and for each denial a `filter` of that array by the
 * window. Requires denials in order of time.
 */
export function work(task: WindowingTask): Turn {
  return timeWindowing(task, findBursts);
}

const findBursts: FindBursts = ({ users, at: times }, { windowMs, threshold }) => {
  const denialsOf = new Map<number, Denial[]>();
  for (const [index, user] of users.entries()) {
    const held = denialsOf.get(user) ?? [];
    held.push({ user, at: times[index] ?? 0 });
    denialsOf.set(user, held);
  }
  const bursts: Burst[] = [];
  for (const [user, denials] of denialsOf) {
    let open: OpenBurst | null = null;
    for (const { at } of denials) {
      const recent = denials.filter((each) => each.at <= at && at - each.at <= windowMs);
      const reached = recent.length >= threshold ? at : null;
      if (open === null || at - open.last > windowMs) {
        close(open, bursts);
        open = { user, first: at, last: at, denials: 1, triggeredAt: reached };
      } else {
        open = grown(open, at, reached);
      }
    }
    close(open, bursts);
  }
  return bursts;
};

function grown(open: OpenBurst, at: number, reached: number | null): OpenBurst {
  const triggeredAt = open.triggeredAt ?? reached;
  return { ...open, last: at, denials: open.denials + 1, triggeredAt };
}

function close(open: OpenBurst | null, bursts: Burst[]): void {
  if (open !== null && open.triggeredAt !== null) {
    bursts.push({ ...open, triggeredAt: open.triggeredAt });
  }
}
