import { readFile } from "node:fs/promises";
import { isFields } from "../../detection/signin/fields.ts";
import type { StateSnapshot } from "../memoryStore.ts";
import { StateError } from "./stateError.ts";

const schemaVersion = 1;

/** `state.json`: the one file that says what counts; journals that it does not name do not exist. */
export interface Snapshot extends StateSnapshot {
  readonly schemaVersion: typeof schemaVersion;
  /** Names of the journals of earlier runs, oldest first. */
  readonly sightings: readonly string[];
  readonly approvals: readonly string[];
}

const noSnapshot: Snapshot = {
  schemaVersion,
  heads: [],
  due: [],
  progress: null,
  sightings: [],
  approvals: [],
};

export const journalName = /^(?:sightings|approvals)-\d{6,}\.ndjson$/;

/** @throws StateError when it is there but cannot be used */
export async function readSnapshot(path: string): Promise<Snapshot> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      return noSnapshot;
    }
    throw StateError.of(path, "cannot be read", cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StateError(`${path}: is not a state of this tool (no JSON)`, { cause });
  }
  if (isFields(value) && value["schemaVersion"] !== schemaVersion) {
    throw new StateError(
      `${path}: is no state that this version knows; it reads schemaVersion ${schemaVersion}`,
    );
  }
  if (!isSnapshot(value)) {
    throw new StateError(`${path}: is damaged, or not a state of this tool`);
  }
  return value;
}

function isSnapshot(value: unknown): value is Snapshot {
  return (
    isFields(value) &&
    isListOf(value["heads"], isHead) &&
    isListOf(value["due"], isFields) &&
    isListOf(value["sightings"], isJournal) &&
    isListOf(value["approvals"], isJournal)
  );
}

function isListOf(value: unknown, isElement: (element: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isElement);
}

/** Nothing outside the folder is ever read on a state's word. */
function isJournal(name: unknown): boolean {
  return typeof name === "string" && journalName.test(name);
}

function isHead(head: unknown): boolean {
  return (
    isFields(head) &&
    isFields(head["subject"]) &&
    typeof head["subject"]["rule"] === "string" &&
    typeof head["subject"]["user"] === "string" &&
    isListOf(head["bursts"], isBurst)
  );
}

function isBurst(burst: unknown): boolean {
  return (
    isFields(burst) &&
    typeof burst["id"] === "string" &&
    typeof burst["revision"] === "number" &&
    isFields(burst["extent"]) &&
    isFields(burst["facts"])
  );
}
