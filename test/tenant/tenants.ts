import { presets } from "../../src/detection/rules/presets.ts";
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

interface Expected {
  readonly rule: string;
  readonly triggeredAt: number | string;
  readonly severity: string;
}

/**
 * The incidents that an attack comes to, of what each rule finds by itself. Rules of a family share one; nobody has
 * looked up whether the origin is usual.
 */
export function incidentsIn<E extends Expected>(expected: readonly E[]): readonly E[] {
  const familyOf = ({ rule }: Expected) => presets.find(({ id }) => id === rule)?.family ?? rule;
  return [...new Set(expected.map(familyOf))].flatMap((family) => {
    const all = expected.filter((each) => familyOf(each) === family);
    const byPreset = all.toSorted((a, b) => placeOf(a) - placeOf(b));
    const [first] = byPreset;
    const [trigger] = all.toSorted((a, b) => timeOf(a) - timeOf(b));
    if (first === undefined || trigger === undefined) {
      return [];
    }
    const isAlone = first.rule === "mfa-deny-then-approve";
    const severity = all.length > 1 ? "High" : isAlone ? "Medium" : first.severity;
    return [{ ...first, triggeredAt: trigger.triggeredAt, severity }];
  });
}

function placeOf({ rule }: Expected): number {
  return presets.findIndex(({ id }) => id === rule);
}

function timeOf({ triggeredAt }: Expected): number {
  return new Date(triggeredAt).getTime();
}
