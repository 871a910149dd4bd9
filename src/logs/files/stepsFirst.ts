import { closeSync, openSync, readSync } from "node:fs";
import { csvShape, headerOf } from "./containers/csvShape.ts";
import type { LogFile } from "./findLogFiles.ts";
import { isStepsHeader } from "./records/nameIndex.ts";

/** Longer than a header of steps. */
const headBytes = 4_096;

/** Moves files that contain only the steps of sign-ins to the front, so that the sign-ins find them. */
export function stepsFirst(files: readonly LogFile[]): readonly LogFile[] {
  const steps = files.filter(holdsSteps);
  return steps.length === 0 ? files : [...steps, ...files.filter((file) => !steps.includes(file))];
}

export function holdsSteps({ source, path, bytes }: LogFile): boolean {
  if (/AuthDetails/i.test(source)) {
    return true;
  }
  return path !== null && bytes !== null && /\.csv$/i.test(path) && hasStepsHeader(path);
}

function hasStepsHeader(path: string): boolean {
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    const head = Buffer.alloc(headBytes);
    const count = readSync(file, head, 0, headBytes, 0);
    const begin = { bytes: head.subarray(0, count), whole: count < headBytes };
    return csvShape(begin) !== null && isStepsHeader(headerOf(begin));
  } catch {
    // Reading the file later will report the problem.
    return false;
  } finally {
    if (file !== null) {
      closeSync(file);
    }
  }
}
