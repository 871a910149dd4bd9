import { readFileSync } from "node:fs";

/** The peak resident memory of this process, in bytes. */
export function highestMemory(): number {
  // Node's own number starts with the memory of the parent at the time of the fork.
  return highWaterMark() ?? process.resourceUsage().maxRSS * 1024;
}

function highWaterMark(): number | null {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  } catch {
    return null;
  }
}
