import type { FollowedKind } from "./context.ts";

/** What an operation of an audit log means. */
export interface Operation {
  readonly kind: FollowedKind | "report";
  /** Its meaning if another account did it, as far as it can be a sign at all. */
  readonly byOthers: "takeover" | "protective" | "neutral";
}

/**
 * The known operations, by kind. Names compare without case, and without the full stop that the Unified Audit Log
 * adds. The names come from the Entra audit log, Exchange and the Unified Audit Log.
 */
const operations: readonly (readonly [
  Operation["kind"],
  Operation["byOthers"],
  readonly string[],
])[] = [
  [
    "report",
    "neutral",
    [
      "Suspicious activity reported",
      "Fraud reported - user is blocked for MFA",
      "Fraud reported - no action taken",
    ],
  ],
  [
    "security-info",
    "takeover",
    [
      "User registered security info",
      "User changed default security info",
      "User registered all required security info",
      "User updated security info",
      "Admin registered security info",
      "Admin updated security info",
      "Update StrongAuthenticationMethod",
    ],
  ],
  ["security-info", "protective", ["User deleted security info", "Admin deleted security info"]],
  [
    "password",
    "protective",
    [
      "Reset user password",
      "Change user password",
      "Reset password (by admin)",
      "Reset password (self-service)",
      "Change password (self-service)",
      "Set force change user password",
    ],
  ],
  [
    "role",
    "takeover",
    [
      "Add member to role",
      "Add eligible member to role",
      "Add member to role in PIM completed (permanent)",
      "Add member to role in PIM completed (timebound)",
      "Add eligible member to role in PIM completed (permanent)",
      "Add eligible member to role in PIM completed (timebound)",
      "Add member to role completed (PIM activation)",
      "Add member to role outside of PIM (permanent)",
      "Add scoped member to role",
    ],
  ],
  [
    "consent",
    "takeover",
    [
      "Consent to application",
      "Add delegated permission grant",
      "Add app role assignment grant to user",
      "Add app role assignment to service principal",
    ],
  ],
  ["inbox-rule", "takeover", ["New-InboxRule", "Set-InboxRule", "UpdateInboxRules", "Set-Mailbox"]],
  [
    "device",
    "neutral",
    [
      "Register device",
      "Add registered owner to device",
      "Add registered users to device",
      "Add device",
    ],
  ],
  [
    "conditional-access",
    "neutral",
    [
      "Add conditional access policy",
      "Update conditional access policy",
      "Delete conditional access policy",
    ],
  ],
];

/** Phrases such that the name of every audit operation worth showing contains one of them, known or not. */
export const auditWords = [
  "security info",
  "suspicious activity",
  "fraud",
  "StrongAuthenticationMethod",
  "authentication method",
  "password",
  "role",
  "consent",
  "permission grant",
  "device",
  "conditional access",
] as const;

const byName = new Map(
  operations.flatMap(([kind, byOthers, names]) =>
    names.map((name) => [normalised(name), { kind, byOthers }] as const),
  ),
);

/** Returns the names of one kind, as they are written. */
export function operationNames(kind: Operation["kind"]): readonly string[] {
  return operations.flatMap(([own, , names]) => (own === kind ? names : []));
}

/** Looks up an operation. An unknown one is shown by its name and decides nothing. */
export function readOperation(name: string): Operation {
  return byName.get(normalised(name)) ?? { kind: "other", byOthers: "neutral" };
}

function normalised(name: string): string {
  return name.trim().replace(/\.$/, "").toLowerCase();
}
