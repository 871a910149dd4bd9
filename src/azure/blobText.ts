import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { RuleText } from "../run/currentRules.ts";
import { UpstreamError } from "../run/upstreamError.ts";
import type { Connection } from "./connection.ts";
import { servicePipeline } from "./pipeline.ts";
import { refusedBy, upstreamError } from "./upstream.ts";

const timeoutMs = 30_000;
const service = { name: "blob", role: "Storage Blob Data Reader" };

/** The version of the protocol from which on a blob is read with a token. */
const apiVersion = "2021-12-02";

/** More than rules can be. */
const longestText = 4_000_000;

export interface BlobTextOptions {
  readonly url: string;
  /** The audience of the token. It depends on the cloud. */
  readonly audience: string;
  readonly credential: TokenCredential;
  readonly connection?: Connection;
}

/** A text in a blob, read with a token. What did not change is not sent again. */
export function blobText({
  url,
  audience,
  credential,
  connection = {},
}: BlobTextOptions): RuleText {
  const send = servicePipeline({ audience, credential, connection, timeoutMs });
  let etag: string | null = null;
  return {
    name: url,
    async read(signal) {
      const headers = createHttpHeaders({
        "x-ms-version": apiVersion,
        ...(etag === null ? {} : { "if-none-match": etag }),
      });
      const request = createPipelineRequest({ url, headers, abortSignal: signal });
      const response = await send(request).catch((error: unknown) => {
        signal.throwIfAborted();
        throw upstreamError(service, error);
      });
      if (response.status === 304) {
        return null;
      }
      if (response.status !== 200) {
        throw refusedBy(service, response.status, response.headers.get("x-ms-error-code"));
      }
      const text = response.bodyAsText ?? "";
      if (text.length > longestText) {
        throw new UpstreamError(service.name, "is too long for a file of rules", false);
      }
      etag = response.headers.get("etag") ?? null;
      return text;
    },
  };
}
