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
  /** The audience of the token. It depends on the cloud, not on the endpoint. */
  readonly audience: string;
  readonly credential: TokenCredential;
  readonly connection: Connection;
  /** Time limit of one attempt including the body, in milliseconds, unless the connection sets one. */
  readonly timeoutMs: number;
  readonly isRepeatable?: (request: PipelineRequest) => boolean;
  /** Runs once per attempt, within the retries. */
  readonly perAttempt?: PipelinePolicy;
}

/** Returns a pipeline for requests to an Azure service, with a token, and with only this project's retries. */
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
