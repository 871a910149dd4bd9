import { setFlagsFromString } from "node:v8";

/** Versions of Node that this is tried with. An engine that does not know the flag would say so on standard error. */
const tried: ReadonlySet<string | undefined> = new Set(["20", "22", "24"]);

/**
 * Has V8 put less of what a function calls into the function when it compiles it. A scan is over within seconds, and
 * a quarter of the processors' time went into compiling: two threads take an eighth less time so, and one no more. V8
 * looks the number up with each compilation, so it can be set while a program runs.
 */
export function tuneEngine(): void {
  const [version] = process.versions.node.split(".");
  if (tried.has(version)) {
    setFlagsFromString("--max-inlined-bytecode-size-cumulative=100");
  }
}
