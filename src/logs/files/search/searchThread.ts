import { Worker } from "node:worker_threads";
import type { ClassifyOptions } from "../../../detection/signin/classify.ts";
import { InputError } from "../inputError.ts";
import { unpackExtract, type PackedExtract } from "./packExtract.ts";
import type { LineRange, RangeFindings } from "./rangeSearch.ts";
import type { TextBlock } from "./textBlocks.ts";
import type { SearchName } from "./words.ts";

/** Tells a worker what is the same for all ranges. */
export interface SearchSetting {
  readonly search: SearchName;
  readonly how: ClassifyOptions;
}

/** What a worker is asked: to search a part of a file, or what is sent along. */
export type SearchRequest = LineRange | TextBlock;

/** What a worker says first, when it has started. */
export const ready = "ready";

/** What a worker answers to each request, in the order in which it was given them. */
export type SearchAnswer =
  | {
      readonly kind: "found";
      readonly extract: PackedExtract;
      readonly rest: Omit<RangeFindings, "extract">;
    }
  | { readonly kind: "unreadable"; readonly source: string; readonly problem: string }
  | { readonly kind: "fault"; readonly message: string };

/** A thread that searches lines, one request after the other. */
export class SearchThread {
  readonly #worker: Worker;
  readonly #waiting: {
    readonly resolve: (findings: RangeFindings) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  #isReady = false;
  #ended: Error | null = null;

  /** @param program a file whose main module calls `serveSearches` in a worker */
  constructor(program: URL, setting: SearchSetting) {
    // What the program itself was told is none of its business.
    this.#worker = new Worker(program, { workerData: setting, argv: [], stdin: false });
    this.#worker.on("message", (said: typeof ready | SearchAnswer) => {
      if (said === ready) {
        this.#isReady = true;
      } else {
        this.#settle(said);
      }
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () =>
      this.#fail(new Error("a thread that searches ended before its time")),
    );
  }

  /** Whether it has started: what is asked before waits longer than it takes. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** How many requests it still has to answer. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * A text is given away: it cannot be read here any more.
   *
   * @throws InputError when the file cannot be read
   */
  search(request: SearchRequest): Promise<RangeFindings> {
    if (this.#ended !== null) {
      return Promise.reject(this.#ended);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request, "text" in request ? [request.text.buffer] : []);
    });
  }

  /** Ends it, whatever it is at. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: SearchAnswer): void {
    const asked = this.#waiting.shift();
    if (answer.kind === "found") {
      asked?.resolve({ ...answer.rest, extract: unpackExtract(answer.extract) });
    } else {
      asked?.reject(errorOf(answer));
    }
  }

  #fail(error: Error): void {
    this.#isReady = false;
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(error);
    }
  }
}

function errorOf(answer: Exclude<SearchAnswer, { kind: "found" }>): Error {
  return answer.kind === "unreadable"
    ? new InputError(answer.source, answer.problem)
    : new Error(answer.message);
}
