// The program that worker threads of `mfa-deny` run. It imports as little as possible, so that they start sooner.
import { serveSearches } from "../logs/files/search/search.ts";

serveSearches();
