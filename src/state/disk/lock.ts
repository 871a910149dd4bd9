import { randomUUID } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { StateError } from "./stateError.ts";

/** The holder of a lock, according to its name. */
interface Lock {
  readonly name: string;
  readonly pid: number;
  readonly host: string;
}

/** The number of attempts, in case the other process was only trying as well. */
const attempts = 4;
const longestPauseMs = 60;

/** Distinguishes the locks of this process from those of an earlier one with the same number. */
const held = new Set<string>();

const thisHost = encodeURIComponent(hostname());

/**
 * Reserves a folder for one process. A lock whose process is gone is taken over.
 *
 * Each process creates its own file and then looks for others. If two do so at the same moment, at least one sees
 * the other and withdraws. The lock of a running process is never removed.
 *
 * @returns a function that releases the folder
 * @throws StateError if another process uses it
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

/** Removes the locks of dead processes. @returns the other holder of the folder; null if there is none */
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

/** A process on another machine cannot be checked, so it counts as alive. */
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
