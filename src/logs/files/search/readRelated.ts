import type { RelatedRecord } from "../../../run/signInFiles.ts";
import { relatedOf } from "../relatedOf.ts";
import { readerOf, type NotedFile } from "./lineNotes.ts";
import { readLines } from "./readLines.ts";

/** Lines of a file to be read for the context of findings, by where they begin. */
export interface RelatedPart extends Pick<NotedFile, "source" | "table"> {
  readonly path: string;
  readonly places: readonly number[];
}

/**
 * Reads the lines and returns what they say, in their order.
 *
 * @throws InputError if the file can no longer be read
 */
export async function readRelated(part: RelatedPart): Promise<readonly RelatedRecord[]> {
  const found: RelatedRecord[] = [];
  const reader = await readerOf(part, (entry) => found.push(...relatedOf(entry)));
  for (const line of readLines(part, part.path, part.places)) {
    reader.line(line, 0);
  }
  return found;
}
