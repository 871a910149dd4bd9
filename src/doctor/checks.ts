import type { Check } from "./check.ts";
import { analyticsRuleCheck, collectionRuleCheck, findingsTableCheck } from "./checks/findings.ts";
import { incidentPermissionCheck, onboardingCheck } from "./checks/sentinel.ts";
import { lastRunCheck, poisonQueueCheck, queueCheck, tableCheck } from "./checks/storage.ts";
import { columnsCheck, planCheck, signInLogsCheck } from "./checks/signInLogs.ts";
import { contextTablesCheck } from "./checks/contextTables.ts";
import { lagCheck, reasonsCheck } from "./checks/signInRows.ts";
import { rulesCheck, watchlistsCheck } from "./checks/rules.ts";
import {
  clockCheck,
  pilotCheck,
  portalCheck,
  scheduleCheck,
  tokensCheck,
} from "./checks/ground.ts";

/** All checks. Each comes after those it depends on. To add a check, write a file and add a line here. */
export const checks: readonly Check[] = [
  tokensCheck,
  clockCheck,
  scheduleCheck,
  pilotCheck,
  tableCheck,
  queueCheck,
  poisonQueueCheck,
  lastRunCheck,
  signInLogsCheck,
  planCheck,
  columnsCheck,
  lagCheck,
  reasonsCheck,
  contextTablesCheck,
  rulesCheck,
  watchlistsCheck,
  onboardingCheck,
  incidentPermissionCheck,
  collectionRuleCheck,
  findingsTableCheck,
  analyticsRuleCheck,
  portalCheck,
];
