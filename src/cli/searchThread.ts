// What the threads of `mfa-deny` run: as little as they need, so that they start sooner.
import { serveSearches } from "../logs/files/search/search.ts";

serveSearches();
