import { readFile } from "node:fs/promises";
import { InputError } from "../logs/files/inputError.ts";

/**
 * Returns the text of a file that the user named.
 *
 * @throws InputError if it cannot be read
 */
export async function readTextFile(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    throw InputError.of(path, error);
  }
}
