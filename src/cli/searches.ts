// The bundle that worker threads load.
export { serveSearches } from "../logs/files/search/search.ts";
