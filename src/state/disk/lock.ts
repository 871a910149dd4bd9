import { randomUUID } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { StateError } from "./stateError.ts";

/** What a lock's name tells of its holder. */
interface Lock {
  readonly name: string;
  readonly pid: number;
  readonly host: string;
}

/** How often it is tried again, in case that the other was only trying too. */
const attempts = 4;
const longestPauseMs = 60;

/** Tells the locks of this process from those of an earlier one with the same number. */
const held = new Set<string>();

const thisHost = encodeURIComponent(hostname());

/**
 * Keeps a folder for one process. A lock whose process is gone is taken over.
 *
 * Each process makes a file of its own and then looks for others: of two at the same moment, at least one
 * sees the other and withdraws. Nobody ever takes away the lock of a process that lives.
 *
 * @returns what gives the folder back
 * @throws StateError when another process holds it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  for (let attempt = 1; ; attempt++) {
    const own = `lock.${process.pid}.${randomUUID()}.${thisHost}`;
    const unlock = async () => {
      await rm(join(folder, own), { force: true });
      held.delete(own);
    };
    held.add(own);
    try {
      const holder = await place(folder, own);
      if (holder === null) {
        return unlock;
      }
      if (attempt === attempts) {
        throw new StateError(
          `${folder}: in use by process ${holder.pid} on ${holder.host}; wait for it to end, or remove ${join(folder, holder.name)} if it has`,
        );
      }
    } catch (error) {
      await unlock();
      throw error;
    }
    await unlock();
    await setTimeout(Math.random() * longestPauseMs);
  }
}

/** @returns who else holds the folder; null where nobody does, with the locks of the dead taken away */
async function place(folder: string, own: string): Promise<Lock | null> {
  const file = await open(join(folder, own), "wx", 0o600);
  await file.close();
  const others = (await readdir(folder)).filter((name) => name !== own).flatMap(readName);
  const holder = others.find(isAlive);
  if (holder !== undefined) {
    return holder;
  }
  for (const { name } of others) {
    await rm(join(folder, name), { force: true });
  }
  return null;
}

function readName(name: string): readonly Lock[] {
  const [, pid, host] = /^lock\.(\d+)\.[\da-f-]{36}\.(.*)$/.exec(name) ?? [];
  return pid === undefined || host === undefined ? [] : [{ name, pid: Number(pid), host }];
}

/** A process of another machine cannot be asked, so it counts as alive. */
function isAlive({ name, pid, host }: Lock): boolean {
  if (host !== thisHost) {
    return true;
  }
  if (pid === process.pid) {
    return held.has(name);
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
