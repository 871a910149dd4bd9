import { availableParallelism, cpus, platform, release, totalmem } from "node:os";

/** What the numbers depend on. */
export function machineFacts() {
  return {
    at: new Date().toISOString(),
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    memoryBytes: totalmem(),
    system: `${platform()} ${release()}`,
    node: process.version,
  };
}
