import { writeFile } from "node:fs/promises";
import { visible } from "../detection/signin/visible.ts";
import { valueOf } from "./args.ts";
import type { Given, Terminal } from "./command.ts";
import { UsageError } from "./usageError.ts";
import { writePieces } from "./writePieces.ts";

/** @throws UsageError that names the option and the file if the file cannot be written */
export async function writeNamed(
  option: string,
  path: string,
  text: string | Iterable<string>,
): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "error";
    throw new UsageError(`--${option} ${path} cannot be written (${code})`, { cause: error });
  }
}

/** Prints the pieces of a result, or writes them to the file that --save names. */
export async function printOrSave(
  text: Iterable<string>,
  given: Given,
  terminal: Pick<Terminal, "stdout">,
): Promise<void> {
  const file = valueOf(given, "save");
  if (file === null) {
    await writePieces(text, terminal.stdout);
    return;
  }
  await writeNamed("save", file, text);
  terminal.stdout.write(writtenLine([file]));
}

/** Says where something was written. */
export function writtenLine(places: readonly string[]): string {
  return `Written: ${places.map((place) => visible(place, Infinity)).join(", ")}\n`;
}
