// Runs one turn of one candidate in a separate process: `worker.mjs CANDIDATE TASK`.
import { highestMemory } from "./frame/memory.ts";
import type { Turn } from "./frame/rounds.ts";

const [candidate = "", task = "{}"] = process.argv.slice(2);
const url = new URL(`candidates/${candidate}.mjs`, import.meta.url);
const { work } = (await import(url.href)) as { work: (task: unknown) => Promise<Turn> };
const turn = await work(JSON.parse(task));
const peakBytes = highestMemory();
process.send?.({ peakBytes, ...turn } satisfies Turn, () => process.disconnect());
