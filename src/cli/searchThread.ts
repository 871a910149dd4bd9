// The program that worker threads of `mfa-deny` run. Their bundle contains as little as possible.
import { fileURLToPath } from "node:url";
import { tuneEngine } from "../logs/files/engine.ts";
import { loadBundle } from "./loadBundle.ts";
import type * as theSearches from "./searches.ts";

// A new thread has reset it.
tuneEngine();
const file = fileURLToPath(new URL(__SEARCHES__, import.meta.url));
const searches = loadBundle<typeof theSearches>(file, "thread");
searches.exports.serveSearches(() => searches.wasKept || searches.keep());
