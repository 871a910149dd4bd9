import { availableParallelism, cpus, platform, release, totalmem } from "node:os";

/** The facts on which the numbers depend. */
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
