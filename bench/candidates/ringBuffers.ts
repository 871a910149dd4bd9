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

interface Ring {
  readonly last: (Denial | undefined)[];
  next: number;
  first: number;
  latest: number;
  denials: number;
  triggeredAt: number | null;
}

/**
 * The streaming version that one would write: an object per denial, and a Map from users to rings of their last
 * denials. Requires denials in order of time.
 */
export function work(task: WindowingTask): Turn {
  return timeWindowing(task, findBursts);
}

const findBursts: FindBursts = ({ users, at: times }, { windowMs, threshold }) => {
  const rings = new Map<number, Ring>();
  const bursts: Burst[] = [];
  for (const [index, user] of users.entries()) {
    const denial = { user, at: times[index] ?? 0 };
    let ring = rings.get(user);
    if (ring === undefined || denial.at - ring.latest > windowMs) {
      if (ring !== undefined) {
        close(user, ring, bursts);
      }
      ring = newRing(denial.at, threshold);
      rings.set(user, ring);
    }
    add(ring, denial, windowMs);
  }
  for (const [user, ring] of rings) {
    close(user, ring, bursts);
  }
  return bursts;
};

function newRing(at: number, threshold: number): Ring {
  return {
    last: Array.from<Denial | undefined>({ length: threshold }),
    next: 0,
    first: at,
    latest: at,
    denials: 0,
    triggeredAt: null,
  };
}

function add(ring: Ring, denial: Denial, windowMs: number): void {
  ring.last[ring.next] = denial;
  ring.next = (ring.next + 1) % ring.last.length;
  const oldest = ring.last[ring.next];
  if (ring.triggeredAt === null && oldest !== undefined && denial.at - oldest.at <= windowMs) {
    ring.triggeredAt = denial.at;
  }
  ring.latest = denial.at;
  ring.denials++;
}

function close(user: number, { first, latest, denials, triggeredAt }: Ring, bursts: Burst[]): void {
  if (triggeredAt !== null) {
    bursts.push({ user, first, last: latest, denials, triggeredAt });
  }
}
