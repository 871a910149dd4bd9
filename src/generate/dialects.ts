/** The ways in which the same rows are met outside: one file for each container. */
export { COLUMNS } from "./dialects/columns.ts";
export { toDiagnosticRecord, toEventHubMessage } from "./dialects/diagnosticRecord.ts";
export { toJsonArray, toLine, toNdjson, toQueryAnswer } from "./dialects/logAnalytics.ts";
