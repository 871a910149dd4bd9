import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "../frame/case.ts";
import { inMilliseconds, named } from "../frame/lines.ts";
import { tell } from "../frame/progress.ts";
import { race, type Turn } from "../frame/rounds.ts";

const app = join("dist", "app", "main.cjs");

/** The time from the start of a process until it has loaded its code. */
export const coldStartCase: Case = {
  name: "cold-start",
  async run({ rounds }) {
    const candidates = [
      { name: "empty node", does: "nothing", file: "empty.cjs" },
      {
        name: "our app",
        does: "dist/app/main.cjs by require, all functions registered",
        file: "app.cjs",
      },
      { name: "unbundled", does: "ESM imports of the same packages", file: "packages.mjs" },
    ].map(({ name, does, file }) => ({
      name,
      does,
      exact: false,
      turn: () => Promise.resolve(start(file)),
    }));
    readFileSync(app);
    // A start is short and varies a lot.
    tell("cold start: many short rounds");
    const { raced } = await race(candidates, rounds * 5);
    const [empty, ours, theirs] = candidates.map(({ name }) => named(raced, name).ms.median);
    const net = (ms = NaN) => ms - (empty ?? NaN);
    return [
      {
        title: "cold start of the app",
        unit: "ms",
        lines: inMilliseconds(raced),
        goals: [
          {
            what: "our app / unbundled, net of an empty node",
            value: net(ours) / net(theirs),
            unit: " ×",
            better: "less",
            must: 0.19,
            goal: 0.15,
          },
          {
            what: "size of the bundle",
            value: statSync(app).size / 1000,
            unit: " KB",
            better: "less",
            must: 800,
            goal: null,
          },
        ],
        mismatches: [],
      },
    ];
  },
};

function start(file: string): Turn {
  const path = join("bench", "cold", file);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, join(process.cwd(), app)], {
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new Error(`${file} ended with ${status}: ${stderr}`);
  }
  return { ms: Number(stdout) };
}
