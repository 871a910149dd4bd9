import { auditWords, operationNames } from "../../../detection/context/operations.ts";
import { neighbourPrefix } from "../../../detection/context/network.ts";
import {
  refusedWords,
  satisfiedWords,
  unexplainedWords,
  waivedWords,
} from "../../../detection/context/words.ts";
import type { Gap } from "../../../detection/context/context.ts";
import { kqlDatetime, kqlString } from "../../../detection/incidents/kqlText.ts";
import type { Fields } from "../../../detection/signin/fields.ts";
import { LookUpError, type AccountsQuery, type ContextSource } from "../../../run/contextSource.ts";
import type { Range } from "../../../run/ports.ts";
import { UpstreamError } from "../../../run/upstreamError.ts";
import type { Columns } from "../columns.ts";
import type { Workspace } from "../logAnalytics.ts";
import { blanks, fillQuery, kqlList, pageRows } from "../renderQuery.ts";
import { contextColumns } from "./contextColumns.ts";
import eventsQuery from "./events.kql";
import failuresQuery from "./failures.kql";
import historyQuery from "./history.kql";
import { readEvents, readFailures, readHistory, readSuccesses } from "./readRows.ts";
import signInsQuery from "./signIns.kql";
import successesQuery from "./successes.kql";

const hour = 3_600_000;

/** How late rows may be published, in milliseconds. Later ones are found by the next lookup. */
const publicationLag = 6 * hour;

/** Tables with the same events. One of them is enough. */
const alternatives: readonly (readonly string[])[] = [
  ["AuditLogs"],
  ["OfficeActivity", "CloudAppEvents"],
  ["AADUserRiskEvents"],
  ["AADNonInteractiveUserSignInLogs"],
];

/** Queries a workspace's tables about what happened before, around and after the denials of some accounts. */
export function contextSource(workspace: Pick<Workspace, "ask">): ContextSource {
  const ask = async (
    kind: keyof typeof contextColumns,
    range: Range,
    values: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<readonly Fields[]> => {
    const wide = { from: range.from, to: range.to + publicationLag };
    const text = renderContextQuery(kind, wide, values);
    const columns: Columns = contextColumns[kind];
    const answer = await workspace
      .ask({ template: templates[kind], text, range: wide, columns }, signal)
      .catch((error: unknown) => {
        throw new LookUpError(problemOf(error), "the lookup failed", { cause: error });
      });
    if (answer.kind === "partial") {
      throw new LookUpError("cut", answer.reason);
    }
    return answer.rows;
  };
  return {
    async history({ range, burstFrom, ...query }, signal) {
      const values = { ...accountsOf(query), burstFrom: kqlDatetime(burstFrom) };
      return { rows: readHistory(await ask("history", range, values, signal)), gaps: [] };
    },
    async failures({ range, asNumbers, userAgents, ...query }, signal) {
      const values = {
        ...accountsOf(query),
        networks: kqlList(asNumbers),
        userAgents: kqlList(userAgents),
      };
      return { rows: readFailures(await ask("failures", range, values, signal)), gaps: [] };
    },
    async successes({ range, sessions, ...query }, signal) {
      const values = { ...accountsOf(query), sessions: kqlList(sessions) };
      const rows = await ask("successes", range, values, signal);
      return { rows: readSuccesses(rows), gaps: gapsIn(rows, ["AADNonInteractiveUserSignInLogs"]) };
    },
    async events({ range, ingestedFrom, ...query }, signal) {
      const values = {
        ...accountsOf({ ...query, addresses: [] }),
        ingestedFrom: kqlDatetime(ingestedFrom),
      };
      const rows = await ask("events", range, values, signal);
      const tables = ["AuditLogs", "OfficeActivity", "CloudAppEvents", "AADUserRiskEvents"];
      return { rows: readEvents(rows), gaps: gapsIn(rows, tables) };
    },
  };
}

function accountsOf({ names, addresses }: Omit<AccountsQuery, "range">) {
  return {
    accounts: kqlList(names),
    addresses: kqlList(addresses),
    prefixes: kqlList(addresses.flatMap((address) => neighbourPrefix(address) ?? [])),
  };
}

const templates = {
  history: historyQuery,
  failures: failuresQuery,
  successes: successesQuery,
  events: eventsQuery,
} as const satisfies Record<keyof typeof contextColumns, string>;

/** Returns a query as it is sent. */
export function renderContextQuery(
  kind: keyof typeof contextColumns,
  range: Range,
  values: Readonly<Record<string, string>>,
): string {
  const all = {
    ...values,
    from: kqlDatetime(range.from),
    to: kqlDatetime(range.to),
    blanks,
    address: plainAddress,
    mostRows: String(pageRows + 1),
    refused: containsAny("Texts", refusedWords),
    satisfied: containsAny("Texts", satisfiedWords),
    waived: containsAny("Texts", waivedWords),
    unexplained: containsAny("Reason", unexplainedWords),
    auditWords: kqlList(auditWords),
    mailboxOperations: kqlList(operationNames("inbox-rule")),
  };
  return fillQuery(templates[kind], { ...all, signIns: fillQuery(signInsQuery.trim(), all) });
}

/** Patterns for IPv4, perhaps mapped or with a port, and IPv6 in brackets or with a zone, as `canonicalAddress` reads them. */
const addressPatterns = [
  "^\\[?(?:::ffff:)?([0-9]+[.][0-9]+[.][0-9]+[.][0-9]+)\\]?(?::[0-9]+)?$",
  "^\\[([^\\]%]+)",
  "^([^%]+)%",
];

const trimmedAddress = `tolower(trim(${blanks}, IPAddress))`;

/** An expression for the address of a row without port and zone. */
const plainAddress = `coalesce(${[
  ...addressPatterns.map((pattern) => `extract(${kqlString(pattern)}, 1, ${trimmedAddress})`),
  trimmedAddress,
].join(", ")})`;

function containsAny(column: string, words: readonly string[]): string {
  return `(${words.map((word) => `${column} contains ${kqlString(word)}`).join(" or ")})`;
}

/** The message of an `UpstreamError` begins with the status. The client's own text is dropped. */
function problemOf(error: unknown): Gap["problem"] {
  const isFinal = error instanceof UpstreamError && !error.retryable;
  return isFinal && / 403\b/.test(error.message) ? "not permitted" : "failed";
}

/** Returns the tables without a row in the answer, unless another one with the same events has one. */
function gapsIn(rows: readonly Fields[], tables: readonly string[]): readonly Gap[] {
  const connected = new Set(rows.map((row) => row["Connected"]));
  return alternatives
    .filter((same) => same.some((table) => tables.includes(table)))
    .filter((same) => !same.some((table) => connected.has(table)))
    .flatMap((same) => same.map((table) => ({ table, problem: "not connected" as const })));
}
