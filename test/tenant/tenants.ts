import type { PublishedRow, Tenant } from "../../src/tenant/tenant.ts";
import { generateTenant } from "../../src/tenant/tenant.ts";
import type { SigninRow } from "../../src/tenant/row.ts";

export const minuteMs = 60_000;
export const startKeyword = Date.UTC(2026, 2, 9);

/** Four days with every kind of attack, small enough for a test. */
export function smallTenant(seed = 7): Tenant {
  return generateTenant({
    seed,
    users: 60,
    days: 4,
    startAt: startKeyword,
    signInsPerUserPerDay: 8,
  });
}

export function rowsOf(tenant: Tenant): SigninRow[] {
  return Array.from(tenant.rows(), ({ row }: PublishedRow) => row);
}

export function text(row: SigninRow, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : "";
}

export interface Step {
  readonly succeeded: boolean;
  readonly authenticationStepResultDetail: string;
  readonly StatusSequence?: number;
  readonly RequestSequence?: number;
}

export function stepsOf(row: SigninRow): Step[] {
  const steps: Step[] = JSON.parse(text(row, "AuthenticationDetails"));
  return steps;
}

function additionalDetails(row: SigninRow): string {
  return JSON.stringify(row["Status"]);
}

const refusedPrompts =
  /user declined the authentication|Reported Fraud|Fraud Code|SuspiciousActivity/;

/**
 * Denials per user, counted without the detector: distinct `RequestSequence` values of refused
 * steps, and distinct requests of rows without steps. The values are times of answering.
 */
export function countDenials(rows: readonly SigninRow[]): Map<string, number[]> {
  const prompts = new Map<string, Map<number | string, number>>();
  for (const row of rows) {
    const user = text(row, "UserPrincipalName").toLowerCase();
    const ofUser = prompts.get(user) ?? new Map<number | string, number>();
    const steps = stepsOf(row);
    for (const step of steps) {
      const { RequestSequence: asked, StatusSequence: answered } = step;
      if (asked === undefined || answered === undefined || step.succeeded) {
        continue;
      }
      if (refusedPrompts.test(step.authenticationStepResultDetail)) {
        ofUser.set(asked, answered);
      }
    }
    if (steps.length === 0 && refusedPrompts.test(additionalDetails(row))) {
      ofUser.set(text(row, "OriginalRequestId"), Date.parse(text(row, "CreatedDateTime")));
    }
    if (ofUser.size > 0) {
      prompts.set(user, ofUser);
    }
  }
  return new Map(
    Array.from(prompts, ([user, times]) => [user, [...times.values()].toSorted((a, b) => a - b)]),
  );
}
