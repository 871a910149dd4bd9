import { approvalColumns } from "../../src/logs/azure/columns.ts";
import type { Fields } from "../../src/detection/signin/fields.ts";

/** The words of the shipped queries, for programs that look at parsed rows. */
const denialWords = /denied|declined|fraud|suspiciousactivityreported|duplicate|select/i;
const pastMfa = new Set(["0", "50140", "50199"]);

/** What a row may contain: a denial (`candidates.kql`), or else a fresh approval (`approvals.kql`). */
export function worthALook(row: Fields): "candidate" | "approval" | null {
  const result = String(row["ResultType"]);
  const texts = `${String(row["AuthenticationDetails"])} ${additionalDetails(row["Status"])}`;
  if (result === "500121" || denialWords.test(texts)) {
    return "candidate";
  }
  return pastMfa.has(result) && /completed/i.test(texts) ? "approval" : null;
}

function additionalDetails(status: unknown): string {
  return typeof status === "object" && status !== null && "additionalDetails" in status
    ? String(status.additionalDetails)
    : "";
}

const kept = Object.keys(approvalColumns);

/** Drops the columns of a row that approvals do not need. The rest is kept until it is known whose approvals matter. */
export function keptOf(row: Fields): Fields {
  return Object.fromEntries(kept.map((name) => [name, row[name]]));
}

/** The user name in the detector's form. */
export function userOf(row: Fields): string {
  return String(row["UserPrincipalName"]).trim().toLowerCase();
}
