/** Every regular expression of the sources, and texts that would keep a careless one busy for ever. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "@swc/core";
import fc from "fast-check";

export interface Found {
  readonly file: string;
  readonly expression: RegExp;
}

/** The files of a folder and all below it. */
export function expressionsIn(folder: string): readonly Found[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const file = join(folder, name);
      const tree = parseSync(readFileSync(file, "utf8"), { syntax: "typescript" });
      return literalsIn(tree).map((expression) => ({ file, expression }));
    });
}

function literalsIn(node: unknown): readonly RegExp[] {
  if (typeof node !== "object" || node === null) {
    return [];
  }
  if ("type" in node && node.type === "RegExpLiteral" && "pattern" in node && "flags" in node) {
    return [new RegExp(String(node.pattern), String(node.flags))];
  }
  return Object.values(node).flatMap(literalsIn);
}

/** What many expressions repeat, whatever they look for. */
const usualUnits = [
  " ",
  "\t",
  "\n",
  "0",
  "a",
  "A",
  "/",
  ".",
  ":",
  ";",
  ",",
  "-",
  "\u00a0",
  "[",
  '"',
];

const longestStart = 60;

/**
 * Beginnings and what to repeat behind them: texts that fit the expression, or nearly, with one place of them
 * pumped up.
 */
export function pumpsOf(expression: RegExp, seed: number, samples: number): readonly Pump[] {
  const fitting = samplesOf(expression, seed, samples);
  const literals = [...new Set(expression.source.replaceAll(/\\./g, ""))].filter((char) =>
    /[^()[\]{}|^$?*+\\]/.test(char),
  );
  const words = expression.source.match(/[A-Za-z][A-Za-z ]+/g) ?? [];
  const plain = ["", ...words].flatMap((start) =>
    [...usualUnits, ...literals].map((unit) => ({ start, unit })),
  );
  const within = fitting.flatMap((text) => {
    const places = Array.from({ length: Math.min(text.length, longestStart) }, (_, at) => at);
    return places.flatMap((at) =>
      [1, 2].map((length) => ({ start: text.slice(0, at), unit: text.slice(at, at + length) })),
    );
  });
  const unique = new Map([...plain, ...within].map((pump) => [JSON.stringify(pump), pump]));
  return [...unique.values()];
}

interface Pump {
  readonly start: string;
  readonly unit: string;
}

function samplesOf(expression: RegExp, seed: number, samples: number): readonly string[] {
  try {
    const plain = new RegExp(expression.source, expression.flags.replaceAll(/[gi]/g, ""));
    return fc.sample(fc.stringMatching(plain), { seed, numRuns: samples });
  } catch {
    // Not every construct can be turned round; the usual units are left.
    return [];
  }
}
