import type { AttackKind } from "./attacks/kinds.ts";
import { attackInWords, iso } from "./attacks/inWords.ts";
import type { SigninRow } from "./row.ts";
import { generateTenant, type Tenant } from "./tenant.ts";

const startKeyword = Date.UTC(2026, 2, 10);

/** "approved" occurs twice: in the same request, and from the same address. */
const everyAttack: readonly AttackKind[] = [
  "approved",
  "bucket-edge",
  "rotating-addresses",
  "late",
  "duplicates",
  "mixed-case",
  "low-and-slow",
  "fraud-report",
  "nps-push-bombing",
  "many",
  "guest",
  "two-then-approve",
  "approved",
];

export interface ExampleDay {
  /** In order of `TimeGenerated`. */
  readonly rows: readonly SigninRow[];
  readonly truth: unknown;
}

/** Returns the tenant whose day, 2026-03-10, is in `examples/`, with the ingestion time of each row. */
export function exampleTenant(): Tenant {
  return generateTenant({
    seed: 20_260_311,
    users: 120,
    days: 1,
    startAt: startKeyword,
    signInsPerUserPerDay: 38,
    attacks: everyAttack,
  });
}

/** Returns the day in `examples/` as exported, with the truth in ISO times. */
export function exampleDay(): ExampleDay {
  const tenant = exampleTenant();
  const generated = Array.from(tenant.rows(), ({ row }) => ({
    row,
    at: String(row["TimeGenerated"]),
  }));
  const rows = generated
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ row }) => row);
  const { tenantId, workspaceId } = tenant;
  const truth = {
    day: iso(startKeyword).slice(0, 10),
    tenantId,
    workspaceId,
    rows: rows.length,
    attacks: tenant.truth.map(attackInWords),
  };
  return { rows, truth };
}
