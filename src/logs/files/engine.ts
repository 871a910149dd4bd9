import { setFlagsFromString } from "node:v8";

/** Versions of Node that were tested. Others might complain about the flag on standard error. */
const tried: ReadonlySet<string | undefined> = new Set(["20", "22", "24"]);

const defaults = { "max-inlined-bytecode-size-cumulative": 920, "semi-space-growth-factor": 2 };

/**
 * Tunes V8 for the search of large files. It inlines less when it compiles a function: a scan takes only seconds, and
 * compiling took a quarter of the processor time, so this saves an eighth. And it does not enlarge the part of the heap
 * for new objects, which die young: this saves 30 MB at no cost. V8 reads both numbers when it needs them, so they can be
 * set while a program runs. A new thread resets the second.
 */
export function tuneEngine(): void {
  setFlags({ "max-inlined-bytecode-size-cumulative": 100, "semi-space-growth-factor": 1 });
}

/** Takes it back: compiled code can be kept only for programs with the same flags. */
export function resetEngine(): void {
  setFlags(defaults);
}

function setFlags(values: typeof defaults): void {
  const [version] = process.versions.node.split(".");
  if (tried.has(version)) {
    Object.entries(values).forEach(([name, value]) => setFlagsFromString(`--${name}=${value}`));
  }
}
