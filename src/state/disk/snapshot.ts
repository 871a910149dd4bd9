import { readFile } from "node:fs/promises";
import { isFields } from "../../detection/signin/fields.ts";
import type { RecordedBindings } from "../../run/ports.ts";
import { joinFamilies } from "../families.ts";
import type { StateSnapshot } from "../memoryStore.ts";
import { StateError } from "./stateError.ts";

/** The version written. Version 1, whose accounts had a single name each, can be read as well. */
export const schemaVersion = 2;

/** `state.json`: the file that decides what counts. Journals that it does not name are ignored. */
export interface Snapshot extends StateSnapshot {
  readonly schemaVersion: number;
  readonly bindings: RecordedBindings;
  /** Names of the journals of earlier runs, oldest first. */
  readonly sightings: readonly string[];
  readonly approvals: readonly string[];
}

const noSnapshot: Snapshot = {
  schemaVersion,
  heads: [],
  due: [],
  progress: null,
  owners: [],
  bindings: { names: [], unnamedTenant: null },
  sightings: [],
  approvals: [],
};

export const journalName = /^(?:sightings|approvals)-\d{6,}\.ndjson$/;

/** @throws StateError if the file exists but cannot be used */
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
    throw new StateError(`${path}: is not a state of this tool (not JSON)`, { cause });
  }
  if (isFields(value)) {
    checkVersion(path, value["schemaVersion"]);
  }
  if (!isSnapshot(value)) {
    throw new StateError(`${path}: is damaged, or not a state of this tool`);
  }
  const snapshot = { ...noSnapshot, ...value, schemaVersion };
  return value.schemaVersion === schemaVersion ? snapshot : joinFamilies(snapshot);
}

function checkVersion(path: string, version: unknown): void {
  if (typeof version === "number" && version > schemaVersion) {
    throw new StateError(
      `${path}: a newer version of this tool wrote it (schemaVersion ${version}; this one reads up to ${schemaVersion})`,
    );
  }
  if (version !== 1 && version !== schemaVersion) {
    throw new StateError(
      `${path}: has an unknown schemaVersion; this version reads 1 and ${schemaVersion}`,
    );
  }
}

/** Version 1 had no owners and bindings. */
function isSnapshot(value: unknown): value is Partial<Snapshot> {
  return (
    isFields(value) &&
    isListOf(value["owners"] ?? [], isOwner) &&
    isBindings(value["bindings"] ?? noSnapshot.bindings) &&
    isListOf(value["heads"], isHead) &&
    isListOf(value["due"], isFields) &&
    isListOf(value["sightings"], isJournal) &&
    isListOf(value["approvals"], isJournal)
  );
}

function isListOf(value: unknown, isElement: (element: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isElement);
}

function isOwner(entry: unknown): boolean {
  return isFields(entry) && isAccountId(entry["alias"]) && isAccountId(entry["owner"]);
}

function isAccountId(value: unknown): boolean {
  return isFields(value) && isTextOrNull(value["tenantId"]) && typeof value["user"] === "string";
}

function isBindings(value: unknown): boolean {
  return (
    isFields(value) && isTextOrNull(value["unnamedTenant"]) && isListOf(value["names"], isBinding)
  );
}

function isBinding(value: unknown): boolean {
  return (
    isFields(value) &&
    isTextOrNull(value["tenantId"]) &&
    typeof value["name"] === "string" &&
    typeof value["id"] === "string"
  );
}

function isTextOrNull(value: unknown): boolean {
  return typeof value === "string" || value === null;
}

/** A state can never cause files outside its folder to be read. */
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
