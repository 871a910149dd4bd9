import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The worker's file, from the sources as from a bundle in dist/: it lies in the repository in either case. */
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
