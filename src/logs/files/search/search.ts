// The one door of this folder: a fast byte search for the lines that may matter. Everything else in here is
// its inside (`npm run architecture`), so the search can be replaced as a whole.
export { cutRanges, type PlainLines } from "./lineRanges.ts";
export { LineSearch } from "./lineSearch.ts";
export { RowFilter } from "./rowFilter.ts";
export { cutTable, rowsAtEnd, type PlainTable } from "./tableRanges.ts";
export { openTable, type TableRange } from "./tableSearch.ts";
export { LineNotes, readerOf } from "./lineNotes.ts";
export { relatedLines } from "./relatedLines.ts";
export { Finder, type LineRange, type RangeFindings } from "./rangeSearch.ts";
export { SearchingReader, type TextSearch } from "./searchingReader.ts";
export { SearchWorkers } from "./searchWorkers.ts";
export { SearchThread } from "./searchThread.ts";
export { serveSearches } from "./serveSearches.ts";
