import { parentPort, workerData } from "node:worker_threads";
import { isFields } from "../../../detection/signin/fields.ts";
import { InputError } from "../inputError.ts";
import { LineSearch } from "./lineSearch.ts";
import { packExtract } from "./packExtract.ts";
import { searchText } from "./rangeSearch.ts";
import { readRelated } from "./readRelated.ts";
import {
  ready,
  type SearchAnswer,
  type SearchRequest,
  type SearchSetting,
} from "./searchThread.ts";
import { searchAny } from "./tableSearch.ts";
import { searches } from "./words.ts";

/**
 * Answers each request with what was found. Does nothing outside a `SearchThread`.
 *
 * @param onFirst called once, after the first answer
 */
export function serveSearches(onFirst: () => void): void {
  if (!isSetting(workerData)) {
    return;
  }
  const { search, notes, how } = workerData;
  const ofRanges = LineSearch.of(searches[search], { notes });
  const ofTexts = LineSearch.of(searches.denialsAndApprovals);
  let last = Promise.resolve();
  parentPort?.on("message", (request: SearchRequest) => {
    const find = async (): Promise<SearchAnswer> => {
      if ("places" in request) {
        return { kind: "related", related: await readRelated(request) };
      }
      if (ofRanges === null || ofTexts === null) {
        throw new Error("this machine cannot search");
      }
      const { extract, ...rest } =
        "text" in request
          ? searchText(ofTexts, request, how)
          : await searchAny(ofRanges, request, how);
      return { kind: "found", extract: packExtract(extract), rest };
    };
    // A table is opened asynchronously, and answers come in the order of the requests.
    last = last.then(async () => say(await answerTo(find)));
  });
  // Behind the first answer, which the listener above has begun.
  parentPort?.once("message", () => {
    last = last.then(onFirst);
  });
  say(ready);
}

function say(what: typeof ready | SearchAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- ports have no origin
  parentPort?.postMessage(what);
}

async function answerTo(find: () => Promise<SearchAnswer>): Promise<SearchAnswer> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof InputError) {
      return { kind: "unreadable", source: error.source, problem: error.problem };
    }
    return { kind: "fault", message: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

function isSetting(data: unknown): data is SearchSetting {
  return isFields(data) && typeof data["search"] === "string" && data["search"] in searches;
}
