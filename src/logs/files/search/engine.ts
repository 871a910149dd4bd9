import { setFlagsFromString } from "node:v8";

/** Versions of Node that were tested. Others might complain about the flag on standard error. */
const tried: ReadonlySet<string | undefined> = new Set(["20", "22", "24"]);

/** The bytes of functions that V8 inlines into one; and by default, in all of these versions. */
const tunedBytes = 100;
const defaultBytes = 920;

/**
 * Makes V8 inline less when it compiles a function. A scan takes only seconds, and compiling took a quarter of the
 * processor time: this saves an eighth. V8 reads the number for each compilation, so it can be set while a program runs.
 *
 * @returns a function that takes it back: compiled code is kept for programs with the same flags
 */
export function tuneEngine(): () => void {
  const [version] = process.versions.node.split(".");
  if (!tried.has(version)) {
    return () => {};
  }
  setInlined(tunedBytes);
  return () => setInlined(defaultBytes);
}

function setInlined(bytes: number): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${bytes}`);
}
