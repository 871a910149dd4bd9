import { mostSuccesses } from "../detection/context/successes.ts";
import type { ContextWish } from "./lookUpContext.ts";

const day = 24 * 3_600_000;

/** The time from the first denial of a burst until a day after the last, at one of its addresses. */
interface Window {
  readonly from: number;
  readonly last: number;
  readonly to: number;
  /** The earliest times after the last denial at which other accounts signed in, sorted. */
  readonly times: number[];
}

/**
 * Decides which successful sign-ins of other accounts a context can show. It shows the earliest ones after a first
 * denial, at most `mostSuccesses` from each address of a burst. Any denial may turn out to be the first.
 */
export class SuccessWindows {
  readonly #ofAddress = new Map<string, Window[]>();

  constructor(wishes: readonly ContextWish[]) {
    for (const { addresses, firstDenialAt: from, lastDenialAt: last } of wishes) {
      for (const address of addresses) {
        const windows = this.#ofAddress.get(address) ?? [];
        windows.push({ from, last, to: last + day, times: [] });
        this.#ofAddress.set(address, windows);
      }
    }
  }

  /** Reports whether a success from an address within a range of times can be shown, after those taken so far. */
  wants(address: string, from: number, to: number): boolean {
    return (this.#ofAddress.get(address) ?? []).some(
      (window) =>
        to >= window.from &&
        from <= Math.min(window.to, window.times[mostSuccesses - 1] ?? Infinity),
    );
  }

  /** Takes a success of an account without a finding. Reports whether it can be shown. */
  take(address: string, at: number): boolean {
    const isWanted = this.wants(address, at, at);
    for (const { last, to, times } of isWanted ? (this.#ofAddress.get(address) ?? []) : []) {
      if (at >= last && at <= to) {
        const place = times.findLastIndex((time) => time <= at) + 1;
        times.splice(place, 0, at);
        times.length = Math.min(times.length, mostSuccesses);
      }
    }
    return isWanted;
  }
}
