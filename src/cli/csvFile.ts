import { parse } from "csv-parse/sync";
import { InputError } from "../logs/files/inputError.ts";

/**
 * The lines of a small CSV file, the names first.
 *
 * @throws InputError if it is none
 */
export function csvLines(path: string, text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { relaxColumnCount: true, skipEmptyLines: true, trim: true });
  } catch (cause) {
    throw new InputError(path, "is no valid CSV", { cause });
  }
}
