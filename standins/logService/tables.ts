import type { TableSchema } from "./columns.ts";
import { auditLogs } from "./schema/auditLogs.ts";
import { cloudAppEvents } from "./schema/cloudAppEvents.ts";
import { nonInteractiveSignInLogs } from "./schema/nonInteractiveSignInLogs.ts";
import { officeActivity } from "./schema/officeActivity.ts";
import { securityAlert } from "./schema/securityAlert.ts";
import { signInLogs } from "./schema/signInLogs.ts";
import { userRiskEvents } from "./schema/userRiskEvents.ts";

/** The tables of every workspace, except those that a test disconnects. */
export const builtInTables: Readonly<Record<string, TableSchema>> = {
  SigninLogs: signInLogs,
  AADNonInteractiveUserSignInLogs: nonInteractiveSignInLogs,
  AuditLogs: auditLogs,
  OfficeActivity: officeActivity,
  CloudAppEvents: cloudAppEvents,
  AADUserRiskEvents: userRiskEvents,
  SecurityAlert: securityAlert,
  // The watchlist of every unknown alias.
  watchlist: { SearchKey: "string" },
};
