import type { Names } from "./rows.ts";

/** The account of a burst, its time, and the origins of its denials. */
export interface Scene {
  readonly names: Names;
  readonly firstDenialAt: number;
  readonly lastDenialAt: number;
  /** Addresses of the denials. */
  readonly addresses: readonly string[];
  /** Addresses that are not known to be the account's own. */
  readonly strange: readonly string[];
}
