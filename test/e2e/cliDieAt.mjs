// Preloaded with `--import`: kills its own process before the file system is changed for the nth time
// (n = DIE_AT), as a power cut would.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

let left = Number(process.env.DIE_AT);

/** @param {Record<string, any>} holder @param {string} name @param {(...args: any[]) => boolean} changes */
function watch(holder, name, changes = () => true) {
  const original = holder[name];
  holder[name] = function (/** @type {any[]} */ ...args) {
    if (changes(...args) && --left === 0) {
      process.kill(process.pid, "SIGKILL");
      // The signal is on its way; nothing more must happen until it is there.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
    return Reflect.apply(original, this, args);
  };
}

const writes = (/** @type {unknown} */ _, /** @type {unknown} */ flags) =>
  typeof flags === "string" && flags !== "r";

watch(fs.promises, "mkdir");
watch(fs.promises, "open", writes);
watch(fs.promises, "rename");
watch(fs.promises, "rm");
watch(fs, "openSync", writes);
watch(fs, "writeFileSync");
watch(fs, "fsyncSync");
watch(fs, "rmSync");

const file = await fs.promises.open(process.execPath, "r");
const handle = Object.getPrototypeOf(file);
await file.close();
watch(handle, "writeFile");
watch(handle, "sync");

syncBuiltinESMExports();
