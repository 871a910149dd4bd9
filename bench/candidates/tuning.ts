import { eachAccount } from "../../src/detection/bursts/eachBurst.ts";
import { cellsOf, sweepGrid } from "../../src/detection/bursts/grid.ts";
import { GridTally } from "../../src/detection/bursts/gridTally.ts";
import { timeAt } from "../../src/detection/prompts/columns.ts";
import { triedGrid } from "../../src/run/triedGrid.ts";
import { denialColumns } from "../data/denialColumns.ts";
import type { WindowingTask } from "../findings/windowing.ts";
import type { Turn } from "../frame/rounds.ts";

/** Every setting of `mfa-deny tune` over denials in memory; nothing is looked up around them. */
export function work(task: WindowingTask): Turn {
  const { users: account, at } = denialColumns(task);
  const startedAt = performance.now();
  const cells = cellsOf(triedGrid);
  const sweep = sweepGrid(triedGrid);
  const span = at.reduce(
    ({ from, to }, each) => ({ from: Math.min(from, each), to: Math.max(to, each) }),
    { from: Infinity, to: -Infinity },
  );
  const tally = new GridTally(cells.length, span);
  eachAccount({ accounts: task.users, account, at }, (denials, number) => {
    const { times } = denials;
    sweep(denials, (cell, start, _, trigger) => {
      const [firstDenialAt, triggeredAt] = [timeAt(times, start), timeAt(times, trigger)];
      tally.add(cell, { account: number, firstDenialAt, triggeredAt, marks: 0 });
    });
  });
  const findings = cells.reduce((sum, _, cell) => sum + tally.figuresOf(cell).findings, 0);
  return { ms: performance.now() - startedAt, more: { findings } };
}
