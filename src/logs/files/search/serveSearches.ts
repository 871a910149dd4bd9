import { parentPort, workerData } from "node:worker_threads";
import { isFields } from "../../../detection/signin/fields.ts";
import { InputError } from "../inputError.ts";
import { LineSearch } from "./lineSearch.ts";
import { packExtract } from "./packExtract.ts";
import { searchText, type RangeFindings } from "./rangeSearch.ts";
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
  const { how } = workerData;
  const ofRanges = LineSearch.of(searches[workerData.search], { notes: true });
  const ofTexts = LineSearch.of(searches.denialsAndApprovals);
  let last = Promise.resolve();
  parentPort?.on("message", (request: SearchRequest) => {
    const find = () => {
      if (ofRanges === null || ofTexts === null) {
        throw new Error("this machine cannot search");
      }
      return "text" in request
        ? searchText(ofTexts, request, how)
        : searchAny(ofRanges, request, how);
    };
    // A table is opened asynchronously, and answers come in the order of the requests.
    last = last.then(async () => say(await answerTo(find)));
  });
  parentPort?.once("message", onFirst);
  say(ready);
}

function say(what: typeof ready | SearchAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- ports have no origin
  parentPort?.postMessage(what);
}

async function answerTo(find: () => RangeFindings | Promise<RangeFindings>): Promise<SearchAnswer> {
  try {
    const { extract, ...rest } = await find();
    return { kind: "found", extract: packExtract(extract), rest };
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
