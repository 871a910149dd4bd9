import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Replaces a file as a whole. A reader, or a process started after this one died, sees either the old content or
 * the new, never a part.
 */
export async function writeAtomically(path: string, content: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    // The first error is the one that matters.
    await rm(draft, { force: true }).catch(() => null);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes new names in a folder durable. On platforms that cannot do so, the file system alone is relied on. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EISDIR" && code !== "EPERM" && code !== "EINVAL") {
      throw error;
    }
  }
}
