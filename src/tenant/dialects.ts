/** The formats in which the same rows occur elsewhere, one file for each container. */
export { everyColumn } from "./dialects/columns.ts";
export { toDiagnosticRecord, toEventHubMessage } from "./dialects/diagnosticRecord.ts";
export { toGraphPage, toGraphSignIn } from "./dialects/graph.ts";
export { toJsonArray, toLine, toNdjson, toQueryAnswer } from "./dialects/logAnalytics.ts";
export { toLogAnalyticsCsv } from "./dialects/logAnalyticsCsv.ts";
export { toPortalCsv } from "./dialects/portalCsv.ts";
export { storagePath } from "./dialects/storagePath.ts";
