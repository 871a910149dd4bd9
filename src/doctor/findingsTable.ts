import type { FindingsTable } from "../settings/settings.ts";

/** Returns the table that a stream fills: the stream of the table NAME is `Custom-NAME`. Empty if no stream is set. */
export function tableOf(findings: FindingsTable | null): string {
  return findings?.stream.replace(/^Custom-/, "") ?? "";
}
