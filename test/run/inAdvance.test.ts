import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { inAdvance } from "../../src/run/inAdvance.ts";
import { never } from "./bench.ts";

interface Item {
  readonly number: number;
}

/** Items whose drawing takes a turn of the event loop, and what was done about them. */
function drawer(count: number, fail: () => void = () => {}) {
  const log: string[] = [];
  async function* draw(signal: AbortSignal): AsyncGenerator<Item> {
    try {
      for (let number = 1; number <= count; number++) {
        log.push(`draw ${number}`);
        await turn();
        signal.throwIfAborted();
        yield { number };
      }
      fail();
    } finally {
      await turn();
      log.push("end");
    }
  }
  return { draw, log };
}

const numbers = (items: readonly Item[]) => items.map(({ number }) => number);

/** Takes all items, and works on each yield for some turns. */
async function collect(
  items: AsyncGenerator<readonly Item[]>,
  turns: number,
  taken: (readonly number[])[] = [],
) {
  for await (const each of items) {
    taken.push(numbers(each));
    for (let count = 0; count < turns; count++) {
      await turn();
    }
  }
  return taken;
}

it("draws each item when it is asked for if none may wait", async () => {
  const { draw, log } = drawer(3);
  for await (const [{ number }] of inAdvance(draw, 0, never)) {
    log.push(`take ${number}`);
    await turn();
  }
  expect(log).toEqual(["draw 1", "take 1", "draw 2", "take 2", "draw 3", "take 3", "end"]);
});

it("yields all that came while the caller worked, and draws no more than may wait", async () => {
  const { draw } = drawer(7);
  expect(await collect(inAdvance(draw, 2, never), 20)).toEqual([[1], [2, 3], [4, 5], [6, 7]]);
});

it("yields one at a time to a caller who is faster", async () => {
  const { draw, log } = drawer(3);
  expect(await collect(inAdvance(draw, 2, never), 0)).toEqual([[1], [2], [3]]);
  expect(log.at(-1)).toBe("end");
});

it("yields nothing where there is nothing", async () => {
  const { draw } = drawer(0);
  expect(await collect(inAdvance(draw, 2, never), 0)).toEqual([]);
});

it("throws what drawing threw, after everything that was drawn", async () => {
  const { draw } = drawer(3, () => {
    throw new Error("away");
  });
  const taken: (readonly number[])[] = [];
  await expect(collect(inAdvance(draw, 3, never), 20, taken)).rejects.toThrow("away");
  expect(taken).toEqual([[1], [2, 3]]);
});

it("ends what is under way once the caller wants no more", async () => {
  for (const turns of [0, 1, 20]) {
    const { draw, log } = drawer(9);
    for await (const _ of inAdvance(draw, 2, never)) {
      for (let count = 0; count < turns; count++) {
        await turn();
      }
      break;
    }
    expect(log.at(-1)).toBe("end");
    expect(log).not.toContain("draw 5");
  }
});

it("draws no more once the caller is stopped", async () => {
  const stop = new AbortController();
  const { draw, log } = drawer(9);
  const items = inAdvance(draw, 2, stop.signal);
  await items.next();
  stop.abort(new Error("stopping"));
  await expect(collect(items, 0)).rejects.toThrow("stopping");
  expect(log.at(-1)).toBe("end");
});
