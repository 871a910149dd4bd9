import { Worker } from "node:worker_threads";
import type { ClassifyOptions } from "../../../detection/signin/classify.ts";
import type { RelatedRecord } from "../../../run/signInFiles.ts";
import { InputError } from "../inputError.ts";
import type { NotedLines } from "./lineSearch.ts";
import { unpackExtract, type PackedExtract } from "./packExtract.ts";
import type { LineRange, RangeFindings } from "./rangeSearch.ts";
import type { RelatedPart } from "./readRelated.ts";
import type { TableRange } from "./tableSearch.ts";
import type { TextBlock } from "./textBlocks.ts";
import type { SearchName } from "./words.ts";

/** The settings of a worker, the same for all ranges. */
export interface SearchSetting {
  readonly search: SearchName;
  readonly notes: NotedLines;
  readonly how: ClassifyOptions;
}

/** A request to a worker: search a part of a file, or the text that is sent along; or read lines of a file. */
export type SearchRequest = LineRange | TableRange | TextBlock | RelatedPart;

/** A worker's first message, when it has started. */
export const ready = "ready";

/** A worker's answer. Answers come in the order of the requests. */
export type SearchAnswer =
  | {
      readonly kind: "found";
      readonly extract: PackedExtract;
      readonly rest: Omit<RangeFindings, "extract">;
    }
  | { readonly kind: "related"; readonly related: readonly RelatedRecord[] }
  | { readonly kind: "unreadable"; readonly source: string; readonly problem: string }
  | { readonly kind: "fault"; readonly message: string };

type Answered = Extract<SearchAnswer, { readonly kind: "found" | "related" }>;

/** A thread that searches lines, one request at a time. */
export class SearchThread {
  readonly #worker: Worker;
  readonly #waiting: {
    readonly resolve: (answer: Answered) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  #isReady = false;
  #ended: Error | null = null;

  /** @param program a file whose main module calls `serveSearches` in a worker */
  constructor(program: URL, setting: SearchSetting) {
    // Without the program's own arguments and input.
    this.#worker = new Worker(program, { workerData: setting, argv: [], stdin: false });
    this.#worker.on("message", (said: typeof ready | SearchAnswer) => {
      if (said === ready) {
        this.#isReady = true;
      } else {
        this.#settle(said);
      }
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("a search thread ended early")));
  }

  /** Whether the thread has started. A request sent earlier waits longer than a search takes. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The number of requests without an answer. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * A text is transferred to the thread and no longer usable here.
   *
   * @throws InputError when the file cannot be read
   */
  async search(request: Exclude<SearchRequest, RelatedPart>): Promise<RangeFindings> {
    const answer = await this.#ask(request);
    if (answer.kind !== "found") {
      throw new Error("a search thread gave the answer to another request");
    }
    return { ...answer.rest, extract: unpackExtract(answer.extract) };
  }

  /** @throws InputError when the file cannot be read */
  async related(part: RelatedPart): Promise<readonly RelatedRecord[]> {
    const answer = await this.#ask(part);
    if (answer.kind !== "related") {
      throw new Error("a search thread gave the answer to another request");
    }
    return answer.related;
  }

  /** Stops the thread at once. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: SearchRequest): Promise<Answered> {
    if (this.#ended !== null) {
      return Promise.reject(this.#ended);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request, "text" in request ? [request.text.buffer] : []);
    });
  }

  #settle(answer: SearchAnswer): void {
    const asked = this.#waiting.shift();
    if (answer.kind === "found" || answer.kind === "related") {
      asked?.resolve(answer);
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

function errorOf(answer: Exclude<SearchAnswer, Answered>): Error {
  return answer.kind === "unreadable"
    ? new InputError(answer.source, answer.problem)
    : new Error(answer.message);
}
