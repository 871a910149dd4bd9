import type { Names } from "./rows.ts";

/** Whose burst it is, when it was, and where its denials came from. */
export interface Scene {
  readonly names: Names;
  readonly firstDenialAt: number;
  readonly lastDenialAt: number;
  /** Addresses of the denials. */
  readonly addresses: readonly string[];
  /** Those of them that are not known to be the account's own. */
  readonly strange: readonly string[];
}
