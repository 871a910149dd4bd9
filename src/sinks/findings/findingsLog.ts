import type { TokenCredential } from "@azure/identity";
import {
  AggregateLogsUploadError,
  isAggregateLogsUploadError,
  LogsIngestionClient,
} from "@azure/monitor-ingestion";
import { findingRow, mergeRow, type FindingRow } from "./findingRow.ts";
import type { Clock, IncidentSink } from "../../run/ports.ts";
import type { Connection } from "../../azure/connection.ts";
import { retryPolicy } from "../../azure/retry.ts";
import { upstreamError } from "../../azure/upstream.ts";

const usualTimeoutMs = 30_000;
const service = { name: "Logs Ingestion", role: "Monitoring Metrics Publisher" };

export interface FindingsLogOptions extends Connection {
  /** Endpoint of the data collection endpoint or rule. */
  readonly endpoint: string;
  /** The audience of the token. It depends on the cloud, not on the endpoint. */
  readonly audience: string;
  readonly credential: TokenCredential;
  /** Immutable id of the data collection rule. */
  readonly ruleId: string;
  readonly stream: string;
  readonly clock: Clock;
  /** The workspace of these findings. The findings of all workspaces go into one table. */
  readonly workspace?: { readonly workspaceId: string; readonly name: string };
  /** Cancels every request. */
  readonly signal?: AbortSignal;
}

/**
 * A sink that writes findings as rows of a custom table. An analytics rule turns them into incidents, which show in
 * both portals. A row may arrive more than once; readers distinguish rows by finding and revision.
 */
export function findingsLog(options: FindingsLogOptions): IncidentSink {
  const { endpoint, audience, credential, ruleId, stream, clock, workspace, signal } = options;
  const { timeoutMs = usualTimeoutMs, retries, tlsOptions } = options;
  const client = new LogsIngestionClient(endpoint, credential, {
    audience,
    ...(tlsOptions === undefined ? {} : { tlsOptions }),
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: retryPolicy({ timeoutMs, retries }), position: "perRetry" }],
  });
  const cancel = signal === undefined ? {} : { abortSignal: signal };
  const upload = async (row: FindingRow) => {
    try {
      const where = workspace && {
        WorkspaceId: workspace.workspaceId,
        WorkspaceName: workspace.name,
      };
      await client.upload(ruleId, stream, [{ ...row, ...where }], cancel);
    } catch (error) {
      throw upstreamError(service, causeOf(error));
    }
  };
  return {
    name: "logs",
    deliver: (incident) => upload(findingRow(incident, clock.now())),
    noteMerge: (id, keeperId) => upload(mergeRow(id, keeperId, clock.now())),
  };
}

/** One row is one chunk, so its problem is the first of the errors. */
function causeOf(error: unknown): unknown {
  return error instanceof AggregateLogsUploadError || isAggregateLogsUploadError(error)
    ? (error.errors[0]?.cause ?? error)
    : error;
}
