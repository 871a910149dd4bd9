import type { TlsSettings } from "@azure/core-rest-pipeline";
import type { Retries } from "./retry.ts";

/** How to reach a service, if it differs from the defaults for Azure. */
export interface Connection {
  /** Trusted authorities besides those known to Node. */
  readonly tlsOptions?: TlsSettings;
  /** Time limit of one attempt including the body, in milliseconds. */
  readonly timeoutMs?: number;
  readonly retries?: Retries;
}
