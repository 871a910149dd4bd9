import type { Fields } from "../detection/signin/fields.ts";
import type { WouldOpen } from "../run/wouldOpen.ts";
import type { RulesNow } from "./readRules.ts";
import type { Settings, Workspace } from "../settings/settings.ts";

/** An answer of Azure Resource Manager. A 404 or 403 is an answer, not an error. */
export interface ManagementAnswer {
  readonly status: number;
  /** Parsed JSON; undefined if there is none. */
  readonly body: unknown;
  /** The service's clock (the header `Date`, epoch milliseconds); null if it is missing. */
  readonly servedAt: number | null;
}

export type QueryAnswer =
  | { readonly kind: "rows"; readonly rows: readonly Fields[] }
  /** 400: the query API refused the text. `table` and `column` are set if the service names them. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

/**
 * The doctor's access to Azure. Every call only reads, except `tryTable` and `tryQueue`, which write one entity or
 * message of their own and delete it again.
 *
 * Each method throws an UpstreamError, whose message is fit to print, if the service does not answer.
 */
export interface Probe {
  readonly settings: Settings;
  /** The timer that starts runs. */
  readonly timer: { readonly schedule: string; readonly isOff: boolean };
  /** Epoch milliseconds. */
  now(): number;
  /** Gets a token for an audience. */
  token(audience: string): Promise<void>;
  query(workspace: Workspace, kql: string): Promise<QueryAnswer>;
  manage(path: string, apiVersion: string): Promise<ManagementAnswer>;
  /** Writes, reads and deletes an entity of the state table. */
  tryTable(): Promise<void>;
  /** Creates a queue, writes, reads and deletes a message, and deletes the queue. */
  tryQueue(): Promise<void>;
  /** The number of messages in the poison queue of the backfill; null if that queue does not exist. */
  poisonMessages(): Promise<number | null>;
  /** Time of the last successful run (epoch ms); null before the first. */
  lastSuccessAt(workspace: Workspace): Promise<number | null>;
  /** Reads a workspace's rules. Null if they are in the app's package, and this is not the app. */
  rules(workspace: Workspace): Promise<RulesNow | null>;
  /** Returns what runs with `DRY_RUN` would have opened. */
  dryRunFindings(workspace: Workspace): Promise<readonly WouldOpen[]>;
}
