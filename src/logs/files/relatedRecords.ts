import { dynamic, own, type Fields } from "../../detection/signin/fields.ts";
import type { RelatedRecord } from "../../run/ports.ts";
import type { LogFile } from "./findLogFiles.ts";
import { InputError } from "./inputError.ts";
import { readRecords, type ReadOptions } from "./readRecords.ts";
import { foreignKind } from "./records/foreignKind.ts";

/** What the records of another kind are read as; others say nothing of a finding. */
const kinds: ReadonlyMap<string, RelatedRecord["kind"]> = new Map([
  ["an Entra audit log", "audit"],
  ["a Unified Audit Log", "office"],
  ["a mailbox audit log", "office"],
  ["a list of Entra risk detections", "risk"],
] as const);

/**
 * Reads files once more, for what was before, around and after the findings in them: sign-ins, and the audit logs
 * that lie beside. A file that cannot be read, or not a second time, is left out; the first look has said so.
 */
export async function* relatedRecords(
  files: readonly LogFile[],
  options: Omit<ReadOptions, "search" | "tally" | "onBytes">,
): AsyncGenerator<RelatedRecord> {
  for (const file of files.filter(({ path }) => path !== null)) {
    try {
      for await (const entries of readRecords([file], { ...options, anyKind: true })) {
        for (const entry of entries) {
          if (entry.kind !== "record") {
            continue;
          }
          const kind = entry.isSignIn ? "signIn" : kinds.get(foreignKind(entry.record) ?? "");
          if (kind !== undefined) {
            yield { kind, record: kind === "signIn" ? entry.record : unwrapped(entry.record) };
          }
        }
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof InputError)) {
        throw error;
      }
    }
  }
}

/** A diagnostic record keeps what happened under `properties`. */
function unwrapped(record: Fields): Fields {
  return { ...record, ...dynamic(own(record, "properties")) };
}
