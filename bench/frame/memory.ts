import { readFileSync } from "node:fs";

/** The most resident memory that this process has had, in bytes. */
export function highestMemory(): number {
  // Node's own number begins with what the parent had when it made the process.
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
