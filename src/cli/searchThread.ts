// The program of the threads of `mfa-deny`. It imports as little as possible, so that they start sooner.
import { serveSearches } from "../logs/files/search/search.ts";

serveSearches();
