import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { StateError } from "./stateError.ts";

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly id: string;
}

/**
 * Keeps a folder for one process. A lock whose process is gone is taken over.
 *
 * @returns what gives the folder back
 * @throws StateError when another process holds it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "lock");
  const own: Holder = { pid: process.pid, host: hostname(), id: randomUUID() };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await create(path, own)) {
      return () => rm(path, { force: true });
    }
    const holder = await readHolder(path);
    if (holder !== null && isAlive(holder)) {
      throw new StateError(
        `${folder}: in use by process ${holder.pid} on ${holder.host}; wait for it to end, or remove ${path} if it has`,
      );
    }
    await takeAway(path, holder);
  }
  throw new StateError(`${folder}: another process keeps taking it; try again`);
}

async function create(path: string, own: Holder): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(JSON.stringify(own));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

/** Null where the lock has gone, or its writer died before saying who it is. */
async function readHolder(path: string): Promise<Holder | null> {
  const text = await readFile(path, "utf8").catch(() => "");
  const match = /^\{"pid":(\d+),"host":"([^"]*)","id":"([^"]*)"\}$/.exec(text);
  return match === null
    ? null
    : { pid: Number(match[1]), host: match[2] ?? "", id: match[3] ?? "" };
}

/** A process of another machine cannot be asked, so it counts as alive. */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) {
    return true;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Moves a dead lock aside; whoever else found it dead too may have made a live one in between. */
async function takeAway(path: string, dead: Holder | null): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (moved !== null && moved.id !== dead?.id) {
    await rename(aside, path);
  }
  await rm(aside, { force: true });
}
