import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { RuleText } from "../run/currentRules.ts";

/**
 * A file that is deployed with the app, and so does not change while it runs.
 *
 * @param folder of the package; empty for the one that the process runs in
 */
export function packageText(file: string, folder: string): RuleText {
  let isRead = false;
  return {
    name: file,
    async read() {
      if (isRead) {
        return null;
      }
      const text = await readFile(resolve(folder, file), "utf8");
      isRead = true;
      return text;
    },
  };
}
