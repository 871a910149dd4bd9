import type {
  Container,
  FileSeen,
  InputSeen,
  PassedOver,
  RecordDialect,
  ShownField,
} from "../../run/inputSeen.ts";

/** A file while it is read. */
export interface FileTally {
  readonly path: string;
  container: readonly Container[];
  dialect: RecordDialect | null;
  rows: number;
  candidates: number;
  oldestRow: number | null;
  newestRow: number | null;
}

/** Keeps what is learnt about the input while it is read. */
export class InputTally {
  readonly #files: FileTally[] = [];
  readonly #passedOver: PassedOver[] = [];
  readonly #shown = new Set<ShownField>();
  readonly #conflicts = new Map<string, number>();
  unmatchedSteps = 0;

  begin(path: string): FileTally {
    const file: FileTally = {
      path,
      container: [],
      dialect: null,
      rows: 0,
      candidates: 0,
      oldestRow: null,
      newestRow: null,
    };
    this.#files.push(file);
    return file;
  }

  /** The file is no sign-in log after all. */
  passOver(file: FileTally, what: string): void {
    this.#files.splice(this.#files.indexOf(file), 1);
    this.#passedOver.push({ path: file.path, what });
  }

  seen(): InputSeen {
    const files: readonly FileSeen[] = this.#files;
    return {
      files,
      passedOver: this.#passedOver,
      shown: this.#shown,
      conflicts: this.#conflicts,
      unmatchedSteps: this.unmatchedSteps,
    };
  }
}
