import { ProblemsError } from "./problemsError.ts";
import { readTextFile } from "./textFile.ts";

/**
 * Reads a JSON file that the user wrote.
 *
 * @throws InputError if it cannot be read, ProblemsError if it is not JSON
 */
export async function readJsonFile(path: string): Promise<unknown> {
  return parseJson(path, await readTextFile(path));
}

/** @throws ProblemsError that names the place of the first problem */
export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProblemsError([`${path}${placeIn(text, cause)}: is not valid JSON`], { cause });
  }
}

/** Returns `:line:column` from the parser's message. A message without it means that the text ends too early. */
function placeIn(text: string, cause: unknown): string {
  const [, position] = /at position (\d+)/.exec(cause instanceof Error ? cause.message : "") ?? [];
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split("\n");
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
