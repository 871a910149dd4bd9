import { isFields, type Fields } from "../../../detection/signin/fields.ts";
import type { RelatedRecord } from "../../../run/signInFiles.ts";
import { plainName } from "./plainName.ts";

/** The kinds of records other than sign-ins, with names that only such records have. The first match decides. */
const kinds: readonly (readonly [what: string, ...names: (readonly string[])[]])[] = [
  [
    "a Unified Audit Log",
    ["auditdata"],
    ["recordtype", "workload"],
    ["recordtype", "operations"],
    ["officeworkload"],
  ],
  [
    "an Entra audit log",
    ["activitydisplayname"],
    ["initiatedby", "targetresources"],
    ["loggedbyservice"],
  ],
  ["a list of Entra risk detections", ["riskeventtype"], ["risktype", "riskstate"]],
  ["a list of risky users", ["risklastupdateddatetime"]],
  ["a log of calls to Microsoft Graph", ["requestmethod", "requesturi"]],
  ["an Azure activity log", ["operationnamevalue"], ["resourceprovidervalue"]],
  ["a mailbox audit log", ["mailboxguid"], ["mailboxownerupn"]],
  ["a message trace", ["messagetraceid"], ["networkmessageid", "senderaddress"]],
  ["a provisioning log", ["provisioningaction"], ["provisioningsteps"]],
];

/** The log type by which records of another kind are read. All others say nothing about a finding. */
export const relatedKinds: ReadonlyMap<string, Exclude<RelatedRecord["kind"], "signIn">> = new Map([
  ["an Entra audit log", "audit"],
  ["a Unified Audit Log", "office"],
  ["a mailbox audit log", "office"],
  ["a list of Entra risk detections", "risk"],
] as const);

/** Categories of diagnostic records that are not sign-ins. */
const categories = new Map([
  ["auditlogs", "an Entra audit log"],
  ["provisioninglogs", "a provisioning log"],
  ["userriskevents", "a list of Entra risk detections"],
  ["riskyusers", "a list of risky users"],
  ["serviceprincipalriskevents", "a list of Entra risk detections"],
  ["riskyserviceprincipals", "a list of risky users"],
  ["microsoftgraphactivitylogs", "a log of calls to Microsoft Graph"],
  ["networkaccesstrafficlogs", "a log of network traffic"],
  ["administrative", "an Azure activity log"],
]);

/** Returns the kind of a record that is not a sign-in, as a noun; null if unknown. */
export function foreignKind(record: Fields): string | null {
  const properties = record["properties"] ?? record["Properties"];
  const inner = isFields(properties) ? properties : {};
  const category = record["category"] ?? record["Category"] ?? record["Type"];
  const named =
    typeof category === "string" ? categories.get(category.trim().toLowerCase()) : undefined;
  return named ?? kindOfNames([...Object.keys(record), ...Object.keys(inner)]);
}

/** Returns the kind by the names of columns alone. */
export function kindOfNames(names: readonly string[]): string | null {
  const plain = new Set(names.map(plainName));
  const kind = kinds.find(([, ...options]) =>
    options.some((option) => option.every((name) => plain.has(name))),
  );
  return kind?.[0] ?? null;
}
