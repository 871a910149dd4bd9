import { closeSync, openSync } from "node:fs";
import { InputError } from "../inputError.ts";

/**
 * Opens a file for a function that reads it synchronously, and closes it.
 *
 * @throws InputError when the file cannot be read; whatever else the function throws
 */
export function withFile<T>(
  { source, path }: { readonly source: string; readonly path: string },
  use: (file: number) => T,
): T {
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    return use(file);
  } catch (error) {
    throw isOfFile(error) ? InputError.of(source, error) : error;
  } finally {
    if (file !== null) {
      closeSync(file);
    }
  }
}

function isOfFile(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
