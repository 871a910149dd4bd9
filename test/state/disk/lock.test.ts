import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lockFolder } from "../../../src/state/disk/lock.ts";
import { temporaryFolder } from "../../cli/terminal.ts";

const id = "6513270e-269e-4d37-a2a7-000000000000";
const deadProcess = () => spawnSync(process.execPath, ["--version"]).pid;
const locksIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith("lock."));

function leave(folder: string, pid: number, host = hostname()): string {
  const name = `lock.${pid}.${id}.${encodeURIComponent(host)}`;
  writeFileSync(join(folder, name), "");
  return name;
}

test("a folder is given to one at a time", async () => {
  const folder = temporaryFolder();
  const unlock = await lockFolder(folder);
  const [held] = locksIn(folder);
  await expect(lockFolder(folder)).rejects.toThrow(
    `${folder}: in use by process ${process.pid} on ${hostname()}; wait for it to end, or remove ${join(folder, held!)} if it has`,
  );
  expect(locksIn(folder)).toEqual([held]);
  await unlock();
  expect(locksIn(folder)).toEqual([]);
  await (
    await lockFolder(folder)
  )();
});

test("of many concurrent attempts no two succeed, and no lock stays", async () => {
  const folder = temporaryFolder();
  let inside = 0;
  let most = 0;
  let entered = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const unlock = await lockFolder(folder).catch(() => null);
      if (unlock === null) {
        return;
      }
      entered++;
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside--;
      await unlock();
    }),
  );
  expect(most).toBeLessThanOrEqual(1);
  expect(entered).toBeLessThanOrEqual(8);
  expect(locksIn(folder)).toEqual([]);
});

test("another folder is another matter", async () => {
  const unlocks = [await lockFolder(temporaryFolder()), await lockFolder(temporaryFolder())];
  for (const unlock of unlocks) {
    await unlock();
  }
});

describe("a lock that was left behind", () => {
  test("of a dead process is taken over", async () => {
    const folder = temporaryFolder();
    leave(folder, deadProcess());
    const unlock = await lockFolder(folder);
    expect(locksIn(folder)).toHaveLength(1);
    await unlock();
    expect(locksIn(folder)).toEqual([]);
  });

  test("by an earlier process with the number of this one is taken over", async () => {
    const folder = temporaryFolder();
    leave(folder, process.pid);
    await (
      await lockFolder(folder)
    )();
    expect(locksIn(folder)).toEqual([]);
  });

  test("by a process that lives is respected", async () => {
    const folder = temporaryFolder();
    const name = leave(folder, process.ppid);
    await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${process.ppid} on`);
    expect(locksIn(folder)).toEqual([name]);
  });

  test("by a process of another machine is respected: it cannot be asked", async () => {
    const folder = temporaryFolder();
    const name = leave(folder, deadProcess(), "other.host/x");
    await expect(lockFolder(folder)).rejects.toThrow("on other.host%2Fx; wait");
    expect(locksIn(folder)).toEqual([name]);
  });

  test("that is not a lock by its name is left alone", async () => {
    const folder = temporaryFolder();
    const names = ["lock", "lock.1", `lock.1.${id}`, `lock.x.${id}.host`];
    for (const name of names) {
      writeFileSync(join(folder, name), "");
    }
    await (
      await lockFolder(folder)
    )();
    expect(readdirSync(folder).toSorted()).toEqual(names.toSorted());
  });
});

test("a folder that is not there cannot be locked", async () => {
  await expect(lockFolder(join(temporaryFolder(), "missing"))).rejects.toThrow("ENOENT");
});
