import { setFlagsFromString } from "node:v8";

/** Versions of Node that were tested. Others might complain about the flag on standard error. */
const tried: ReadonlySet<string | undefined> = new Set(["20", "22", "24"]);

/**
 * Makes V8 inline less when it compiles a function. A scan takes only seconds, and compiling took a quarter of the
 * processor time. This saves an eighth of the time with two threads, and nothing with one. V8 reads the number for each
 * compilation, so it can be set while a program runs.
 */
export function tuneEngine(): void {
  const [version] = process.versions.node.split(".");
  if (tried.has(version)) {
    setFlagsFromString("--max-inlined-bytecode-size-cumulative=100");
  }
}
