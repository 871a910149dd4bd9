import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostSuccesses } from "../../src/detection/context/successes.ts";
import { SuccessWindows } from "../../src/run/successWindows.ts";
import { time } from "../builders.ts";

const address = "203.0.113.10";
const day = 86_400_000;
const wish = {
  names: ["alice@contoso.com"],
  firstDenialAt: time("09:00"),
  lastDenialAt: time("09:10"),
  addresses: [address],
};

describe("successes of other accounts", () => {
  it("are wanted from an address of a burst, until a day after its last denial", () => {
    const windows = new SuccessWindows([wish]);
    const { firstDenialAt: first, lastDenialAt: last } = wish;
    expect(windows.wants("203.0.113.11", first, last)).toBe(false);
    expect(windows.wants(address, first - 10, first - 1)).toBe(false);
    expect(windows.wants(address, first - 10, first)).toBe(true);
    expect(windows.wants(address, last + day, last + day)).toBe(true);
    expect(windows.wants(address, last + day + 1, Infinity)).toBe(false);
    expect(windows.take("203.0.113.11", first)).toBe(false);
  });

  it("are wanted as long as the earliest of them can be shown, whichever denial is the first", () => {
    const minutes = fc.array(fc.integer({ min: -20, max: 200 }), { maxLength: 300 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 10 }), (all, first) => {
        const windows = new SuccessWindows([wish]);
        const times = all.map((minute) => wish.firstDenialAt + minute * 60_000);
        const taken = times.filter((at) => windows.take(address, at));
        const from = wish.firstDenialAt + first * 60_000;
        const shown = (given: readonly number[]) =>
          given
            .filter((at) => at >= from && at <= from + day)
            .toSorted((a, b) => a - b)
            .slice(0, mostSuccesses);
        expect(shown(taken)).toEqual(shown(times));
      }),
    );
  });

  it("are no longer wanted once there are enough earlier ones", () => {
    const windows = new SuccessWindows([wish]);
    const end = wish.lastDenialAt + mostSuccesses;
    for (let at = wish.lastDenialAt; at < end; at++) {
      expect(windows.take(address, at)).toBe(true);
    }
    expect(windows.wants(address, end - 1, Infinity)).toBe(true);
    expect(windows.wants(address, end, Infinity)).toBe(false);
    expect(windows.take(address, end)).toBe(false);
  });
});
