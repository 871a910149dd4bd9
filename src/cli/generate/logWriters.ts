import {
  storagePath,
  toDiagnosticRecord,
  toEventHubMessage,
  toGraphPage,
  toJsonArray,
  toLogAnalyticsCsv,
  toNdjson,
  toPortalCsv,
  toQueryAnswer,
} from "../../tenant/dialects.ts";
import type { SigninRow } from "../../tenant/row.ts";

/** Converts rows to the text of a log, in batches. */
export interface LogWriter {
  readonly says: string;
  /** The file for all rows, or a function that returns the file of each row. */
  readonly file: string | ((row: SigninRow) => string);
  readonly begin: string;
  /** The text between batches. */
  readonly between: string;
  readonly end: string;
  readonly batch: (rows: readonly SigninRow[]) => string;
}

const plain = { begin: "", between: "", end: "" } as const;

/** Microsoft Graph's largest page. */
export const batchSize = 1_000;

const emptyAnswer = JSON.stringify(toQueryAnswer([]));
const answerEnd = "]}]}";
const queryHeader = toLogAnalyticsCsv([]);
const portalHeader = toPortalCsv([]);

export const logWriters = {
  "log-analytics": {
    ...plain,
    says: "rows of SigninLogs, one per line",
    file: "SigninLogs.ndjson",
    batch: toNdjson,
  },
  "json-array": {
    says: "the same in one array, as the portal saves them",
    file: "SigninLogs.json",
    begin: "[",
    between: ",",
    end: "\n]\n",
    batch: (rows) => toJsonArray(rows).slice("[".length, -"\n]".length),
  },
  "query-answer": {
    says: "an answer of the query API, columns and rows",
    file: "query.json",
    begin: emptyAnswer.slice(0, -answerEnd.length),
    between: ",",
    end: `${answerEnd}\n`,
    batch: (rows) => JSON.stringify(toQueryAnswer(rows).tables[0].rows).slice(1, -1),
  },
  "query-csv": {
    ...plain,
    says: "a query's result as CSV, dates written month first (mdy)",
    file: "query_data.csv",
    begin: queryHeader,
    batch: (rows) => toLogAnalyticsCsv(rows).slice(queryHeader.length),
  },
  "event-hub": {
    ...plain,
    says: "messages of an Event Hub, one per line",
    file: "eventhub.ndjson",
    batch: (rows) => `${JSON.stringify(toEventHubMessage(rows))}\n`,
  },
  storage: {
    ...plain,
    says: "the folders that diagnostic settings fill in a storage account",
    file: storageFile,
    batch: (rows) => rows.map((row) => `${JSON.stringify(toDiagnosticRecord(row))}\n`).join(""),
  },
  graph: {
    ...plain,
    says: "pages of Microsoft Graph, one per line; without sequences and times of publication",
    file: "signIns.ndjson",
    batch: (rows) => `${JSON.stringify(toGraphPage(rows))}\n`,
  },
  "portal-csv": {
    ...plain,
    says: "a download of the Entra portal as CSV; without steps and times of publication",
    file: "InteractiveSignIns.csv",
    begin: portalHeader,
    batch: (rows) => toPortalCsv(rows).slice(portalHeader.length),
  },
} as const satisfies Readonly<Record<string, LogWriter>>;

function storageFile(row: SigninRow): string {
  const { AADTenantId: tenantId, TimeGenerated: time, Category: category } = row;
  return storagePath(String(tenantId), Date.parse(String(time)), String(category));
}
