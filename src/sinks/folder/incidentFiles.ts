import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isFields } from "../../detection/signin/fields.ts";
import type { IncidentApi, StoredIncident, TaskProperties } from "../sentinel/incidentApi.ts";
import type { IncidentProperties } from "../sentinel/incidentBody.ts";
import { StateError } from "../../state/disk/stateError.ts";
import { writeAtomically } from "../../state/disk/writeAtomically.ts";

/** An incident as a file. It has the bodies of Sentinel's API, so that it shows what Sentinel would receive. */
interface IncidentFile {
  readonly schemaVersion: 1;
  readonly incidentId: string;
  readonly properties: IncidentProperties;
  readonly comments: readonly Part<{ readonly message: string }>[];
  readonly tasks: readonly Part<TaskProperties>[];
}

/** @property name id within the incident */
interface Part<T> {
  readonly name: string;
  readonly properties: T;
}

/**
 * Stores every incident in `<folder>/<incidentId>.json`, and creates the folder if needed. Files have no etag, so
 * only one process at a time may write to a folder. Consecutive writes to one incident become one change of its
 * file, made when another incident is written or `flush` is called.
 */
export class IncidentFiles implements IncidentApi {
  readonly #folder: string;
  #current: IncidentFile | null = null;
  #changed = false;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws StateError if the folder cannot be created */
  static async open(folder: string): Promise<IncidentFiles> {
    const isFolder = await stat(folder).then(
      (stats) => stats.isDirectory(),
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") {
          return true;
        }
        throw StateError.of(folder, "incidents cannot be written there", cause);
      },
    );
    if (!isFolder) {
      throw new StateError(`${folder}: is not a folder, so incidents cannot be written there`);
    }
    return new IncidentFiles(folder);
  }

  async get(id: string): Promise<StoredIncident | null> {
    const file = await this.#turnTo(id);
    return file === null ? null : { properties: file.properties, etag: null };
  }

  async put(id: string, properties: IncidentProperties): Promise<boolean> {
    await this.#change(id, (file) => ({ ...file, properties }));
    return true;
  }

  async putComment(id: string, commentId: string, message: string): Promise<void> {
    const comment = { name: commentId, properties: { message } };
    await this.#change(id, (file) => ({ ...file, comments: withPart(file.comments, comment) }));
  }

  async taskIds(id: string): Promise<ReadonlySet<string>> {
    return new Set((await this.#turnTo(id))?.tasks.map(({ name }) => name));
  }

  async putTask(id: string, taskId: string, task: TaskProperties): Promise<void> {
    const part = { name: taskId, properties: task };
    await this.#change(id, (file) => ({ ...file, tasks: withPart(file.tasks, part) }));
  }

  async flush(): Promise<void> {
    if (this.#current === null || !this.#changed) {
      return;
    }
    const { incidentId } = this.#current;
    try {
      await mkdir(this.#folder, { recursive: true });
      const content = `${JSON.stringify(this.#current, null, 2)}\n`;
      await writeAtomically(pathOf(this.#folder, incidentId), content);
    } catch (cause) {
      throw StateError.of(this.#folder, "incidents cannot be written there", cause);
    }
    this.#changed = false;
  }

  async #turnTo(id: string): Promise<IncidentFile | null> {
    if (this.#current?.incidentId !== id) {
      await this.flush();
      this.#current = await read(this.#folder, id);
    }
    return this.#current;
  }

  async #change(id: string, edit: (file: IncidentFile) => IncidentFile): Promise<void> {
    this.#current = edit((await this.#turnTo(id)) ?? emptyFile(id));
    this.#changed = true;
  }
}

function emptyFile(incidentId: string): IncidentFile {
  const properties = { title: "", severity: "Informational", status: "New" };
  return { schemaVersion: 1, incidentId, properties, comments: [], tasks: [] };
}

/** Replaces an existing part in its place, or adds it. */
function withPart<T>(parts: readonly Part<T>[], part: Part<T>): readonly Part<T>[] {
  return parts.some(({ name }) => name === part.name)
    ? parts.map((each) => (each.name === part.name ? part : each))
    : [...parts, part];
}

async function read(folder: string, id: string): Promise<IncidentFile | null> {
  const path = pathOf(folder, id);
  let file: unknown;
  try {
    file = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      return null;
    }
    throw StateError.of(path, "cannot be read as an incident", cause);
  }
  if (!isIncidentFile(file)) {
    throw new StateError(`${path}: is not an incident that this version can read`);
  }
  return file;
}

/** Analysts edit these files, so every field that is read is checked. */
function isIncidentFile(file: unknown): file is IncidentFile {
  return (
    isFields(file) &&
    file["schemaVersion"] === 1 &&
    typeof file["incidentId"] === "string" &&
    isFields(file["properties"]) &&
    isListOf(file["properties"]["labels"] ?? [], "labelName") &&
    isListOf(file["comments"], "name") &&
    isListOf(file["tasks"], "name")
  );
}

function isListOf(value: unknown, name: string): boolean {
  return (
    Array.isArray(value) &&
    value.every((element) => isFields(element) && typeof element[name] === "string")
  );
}

/** Reports whether a file in a folder of incidents is an incident, by its name. */
export function isIncidentFileName(name: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.json$/.test(name);
}

function pathOf(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}
