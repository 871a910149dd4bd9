import { isCandidate } from "../../detection/signin/candidate.ts";
import { dialectOf, readSignIn } from "../../detection/signin/signIn.ts";
import type { Counts } from "../../run/counts.ts";
import type {
  FileSeen,
  InputSeen,
  PassedOver,
  Container,
  RecordDialect,
} from "../../run/inputSeen.ts";
import type { Entry } from "./entry.ts";
import { InputError } from "./inputError.ts";
import type { NotSignIns } from "./notSignIns.ts";
import { relatedKinds } from "./records/foreignKind.ts";
import { addSeen, nothingShown, seeRecord, shownIn, type RecordsSeen } from "./recordsSeen.ts";

interface FileTally extends Pick<FileSeen, "path" | "container"> {
  dialect: RecordDialect | null;
  rows: number;
  candidates: number;
  readonly seen: RecordsSeen;
}

/** Collects facts about the input while it is read. */
export class InputTally {
  readonly #files = new Map<string, FileTally>();
  readonly #passedOver: (PassedOver & { readonly error: NotSignIns })[] = [];
  #unmatchedSteps = 0;

  /** Starts a file with a known layout. */
  begin(path: string, container: readonly Container[]): void {
    const file = { path, container, dialect: null, rows: 0, candidates: 0, seen: nothingShown() };
    this.#files.set(path, file);
  }

  /** Takes records of that file that were parsed here. */
  see(path: string, entries: readonly Entry[]): void {
    const file = this.#files.get(path);
    for (const entry of entries) {
      if (file === undefined || entry.kind === "bad" || !entry.isSignIn) {
        continue;
      }
      file.dialect ??= entry.reading?.dialect ?? dialectOf(entry.record);
      seeRecord(file.seen, entry);
    }
  }

  /** The same for records that were parsed elsewhere. */
  add(path: string, seen: RecordsSeen): void {
    const file = this.#files.get(path);
    if (file !== undefined) {
      addSeen(file.seen, seen);
    }
  }

  count(path: string, { rows, setAside, badRecords }: Counts): void {
    const file = this.#files.get(path);
    if (file !== undefined) {
      file.rows += rows;
      file.candidates += rows - setAside.notCandidate - setAside.notYetPublished - badRecords;
    }
  }

  /** The same for records that nobody else counts. */
  countEntries(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const file = this.#files.get(entry.place.source);
      if (file !== undefined) {
        file.rows++;
        file.candidates += entry.kind === "record" && isCandidate(readSignIn(entry.record)) ? 1 : 0;
      }
    }
  }

  missSteps(count: number): void {
    this.#unmatchedSteps += count;
  }

  /** Marks a file as something else after all. */
  passOver(error: NotSignIns): void {
    this.#files.delete(error.source);
    this.#passedOver.push({ path: error.source, what: error.what, error });
  }

  /** @throws InputError if there was input, and none of it is a sign-in log */
  throwIfForeign(): void {
    const [first, ...more] = this.#passedOver;
    if (first === undefined || this.#files.size > 0) {
      return;
    }
    if (more.length === 0) {
      throw first.error;
    }
    const files = this.#passedOver.slice(0, 5).map(({ path, what }) => `${path} is ${what}`);
    const others = this.#passedOver.length - files.length;
    throw new InputError(
      first.path,
      `none of ${this.#passedOver.length} files is a sign-in log: ${files.join(", ")}${others > 0 ? `, and ${others} more` : ""}`,
    );
  }

  seen(): InputSeen {
    const shown = nothingShown();
    const files = [...this.#files.values()].map(({ seen, ...file }) => {
      addSeen(shown, seen);
      return { ...file, oldestRow: seen.oldest, newestRow: seen.newest };
    });
    const others = this.#passedOver.map(({ path, what }) => ({ path, what }));
    return {
      files,
      passedOver: others.filter(({ what }) => !relatedKinds.has(what)),
      contextFiles: others.filter(({ what }) => relatedKinds.has(what)),
      shown: shownIn(shown),
      conflicts: shown.conflicts,
      unmatchedSteps: this.#unmatchedSteps,
    };
  }
}
