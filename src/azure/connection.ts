import type { TlsSettings } from "@azure/core-rest-pipeline";
import type { Retries } from "./retry.ts";

/** How a service is reached, where it differs from what suits Azure. */
export interface Connection {
  /** Whom to trust beside the authorities that Node knows. */
  readonly tlsOptions?: TlsSettings;
  /** For one attempt, body and all. */
  readonly timeoutMs?: number;
  readonly retries?: Retries;
}
