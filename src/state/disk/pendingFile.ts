import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isFields } from "../../detection/signin/fields.ts";
import type { PendingJoin } from "../../run/inputSeen.ts";
import { StateError } from "./stateError.ts";
import { writeAtomically } from "./writeAtomically.ts";

export const pendingName = "steps.json";
const schemaVersion = 1;
const nothing: PendingJoin = { steps: [], signIns: [] };

/** Steps and sign-ins that wait for each other, in a file beside the state. The file exists only if there are any. */
export class PendingFile {
  readonly #path: string;
  #kept: PendingJoin | null = null;
  #isThere = false;

  constructor(folder: string) {
    this.#path = join(folder, pendingName);
  }

  /** @throws StateError if it cannot be read, or was written by a newer version */
  async read(): Promise<PendingJoin> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#path, "utf8"));
      this.#isThere = true;
      if (!isPending(value)) {
        throw new TypeError("it has an unknown shape, or a newer version wrote it");
      }
      const { steps, signIns, since = {} } = value;
      return { steps, signIns, since };
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
        return nothing;
      }
      throw StateError.of(this.#path, "cannot be read as a part of the state", cause);
    }
  }

  /** Keeps the value for the next `write`. */
  keep(pending: PendingJoin): void {
    this.#kept = pending;
  }

  async write(): Promise<void> {
    const { steps, signIns, since = {} } = this.#kept ?? nothing;
    if (this.#kept !== null && (this.#isThere || steps.length + signIns.length > 0)) {
      await writeAtomically(this.#path, JSON.stringify({ schemaVersion, steps, signIns, since }));
    }
  }
}

function isPending(value: unknown): value is PendingJoin {
  return (
    isFields(value) &&
    value["schemaVersion"] === schemaVersion &&
    Array.isArray(value["steps"]) &&
    value["steps"].every(
      (each) => Array.isArray(each) && typeof each[0] === "string" && Array.isArray(each[1]),
    ) &&
    Array.isArray(value["signIns"]) &&
    value["signIns"].every(isFields) &&
    (value["since"] === undefined || isFields(value["since"]))
  );
}
