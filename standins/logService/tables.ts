import type { TableSchema } from "./columns.ts";
import { nonInteractiveSignInLogs } from "./schema/nonInteractiveSignInLogs.ts";
import { signInLogs } from "./schema/signInLogs.ts";

/** The tables that every workspace has. */
export const builtInTables: Readonly<Record<string, TableSchema>> = {
  SigninLogs: signInLogs,
  AADNonInteractiveUserSignInLogs: nonInteractiveSignInLogs,
};
