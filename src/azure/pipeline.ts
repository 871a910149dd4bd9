import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createPipelineFromOptions,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { Connection } from "./connection.ts";
import { retryPolicy } from "./retry.ts";

export interface PipelineOptions {
  /** The token is for this audience; it follows the cloud, not the endpoint. */
  readonly audience: string;
  readonly credential: TokenCredential;
  readonly connection: Connection;
  /** For one attempt, body and all, where the connection sets no limit. */
  readonly timeoutMs: number;
  readonly isRepeatable?: (request: PipelineRequest) => boolean;
  /** Runs inside the retries: once for each attempt. */
  readonly perAttempt?: PipelinePolicy;
}

/** Sends requests to a service of Azure: with a token, and with the retries of this project only. */
export function servicePipeline(
  options: PipelineOptions,
): (request: PipelineRequest) => Promise<PipelineResponse> {
  const { audience, credential, connection, perAttempt, isRepeatable = () => true } = options;
  const { tlsOptions, timeoutMs = options.timeoutMs, retries } = connection;
  const pipeline = createPipelineFromOptions({
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: "mfa-deny-detector" },
    ...(tlsOptions === undefined ? {} : { tlsOptions }),
  });
  const scopes = `${audience}/.default`;
  const retry = retryPolicy({ timeoutMs, retries, isRepeatable });
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }), { phase: "Sign" });
  pipeline.addPolicy(retry, { afterPhase: "Sign" });
  if (perAttempt !== undefined) {
    pipeline.addPolicy(perAttempt, { afterPhase: "Sign", afterPolicies: [retry.name] });
  }
  const client = createDefaultHttpClient();
  return (request) => pipeline.sendRequest(client, request);
}
