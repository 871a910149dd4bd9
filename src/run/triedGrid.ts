import type { Grid } from "../detection/bursts/grid.ts";

const minute = 60_000;
const hour = 60 * minute;

/** The settings to try. */
export const triedGrid: Grid = {
  kinds: ["sliding", "tumbling"],
  windowsMs: [1, 2, 5, 10, 15, 30]
    .map((count) => count * minute)
    .concat([hour, 4 * hour, 24 * hour]),
  mostDenials: 20,
};
