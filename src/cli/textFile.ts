import { readFile } from "node:fs/promises";
import { InputError } from "../logs/files/inputError.ts";

/**
 * What a file of the user's says.
 *
 * @throws InputError when it cannot be read
 */
export async function readTextFile(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    throw InputError.of(path, error);
  }
}
