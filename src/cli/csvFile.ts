import { parse } from "csv-parse/sync";
import { InputError } from "../logs/files/inputError.ts";

/**
 * Returns the lines of a small CSV file, the header first.
 *
 * @throws InputError if the text is not valid CSV
 */
export function csvLines(path: string, text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { relaxColumnCount: true, skipEmptyLines: true, trim: true });
  } catch (cause) {
    throw new InputError(path, "is not valid CSV", { cause });
  }
}
