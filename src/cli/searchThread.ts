// The program that worker threads of `mfa-deny` run. Their bundle contains as little as possible.
import { fileURLToPath } from "node:url";
import { loadBundle } from "./loadBundle.ts";
import type * as theSearches from "./searches.ts";

const file = fileURLToPath(new URL(__SEARCHES__, import.meta.url));
const searches = loadBundle<typeof theSearches>(file, "thread");
searches.exports.serveSearches(() => searches.keep());
