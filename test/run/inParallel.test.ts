import { expect, it } from "vitest";
import { inParallel } from "../../src/run/inParallel.ts";

const turn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

it("gives the results in the items' order, whichever ends first", async () => {
  const results = await inParallel([3, 1, 2, 0], 4, async (turns) => {
    for (let i = 0; i < turns; i++) {
      await turn();
    }
    return turns;
  });
  expect(results).toEqual([3, 1, 2, 0]);
});

it("works at no more items at once than it may", async () => {
  let running = 0;
  let most = 0;
  await inParallel(Array.from({ length: 50 }), 8, async () => {
    most = Math.max(most, ++running);
    await turn();
    running--;
  });
  expect(most).toBe(8);
});

it("of nothing is nothing", async () => {
  expect(await inParallel([], 8, () => Promise.reject(new Error("called")))).toEqual([]);
});

it("begins nothing after a failure, and says so when all that runs has ended", async () => {
  const ended: number[] = [];
  const work = inParallel([0, 1, 2, 3, 4, 5], 2, async (item) => {
    await turn();
    if (item === 0) {
      throw new Error("the first failed");
    }
    await turn();
    await turn();
    ended.push(item);
  });
  await expect(work).rejects.toThrow("the first failed");
  expect(ended).toEqual([1]);
  await turn();
  await turn();
  expect(ended).toEqual([1]);
});
