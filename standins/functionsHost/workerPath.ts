import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Finds the worker's file, both from the sources and from a bundle in dist/, because both are in the repository. */
export function findWorker(from = import.meta.url): string {
  let folder = dirname(fileURLToPath(from));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new Error("The Functions host's worker.cjs was not found.");
    }
    folder = parent;
  }
  return join(folder, "standins", "functionsHost", "worker.cjs");
}
