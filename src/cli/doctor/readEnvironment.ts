import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { isFields } from "../../detection/signin/fields.ts";
import { InputError } from "../../logs/files/inputError.ts";

/**
 * Reads the settings in a file: `Values` of local.settings.json, or NAME=VALUE lines (dotenv, `azd env
 * get-values`).
 *
 * @throws InputError if it cannot be read
 */
export async function readEnvironment(file: string): Promise<Readonly<Record<string, string>>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw InputError.of(file, error);
  }
  if (!text.trimStart().startsWith("{")) {
    const lines = parseEnv(text);
    return Object.fromEntries(
      Object.entries(lines).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new InputError(file, "is not valid JSON");
  }
  const values = isFields(parsed) ? parsed["Values"] : undefined;
  if (!isFields(values)) {
    throw new InputError(file, "has no object Values, unlike local.settings.json");
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
