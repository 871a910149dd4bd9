/** The actions that Azure's roles allow, as far as a stand-in checks them. `*` stands for any number of parts. */
const allowed = {
  // The app does not need it. With this role alone, reading works and Sentinel refuses.
  "Log Analytics Reader": ["Microsoft.OperationalInsights/workspaces/query/read"],
  "Microsoft Sentinel Responder": [
    "Microsoft.OperationalInsights/workspaces/*/read",
    "Microsoft.SecurityInsights/*/read",
    "Microsoft.SecurityInsights/incidents/write",
    "Microsoft.SecurityInsights/incidents/comments/write",
    "Microsoft.SecurityInsights/incidents/tasks/write",
  ],
  "Monitoring Metrics Publisher": ["Microsoft.Insights/Telemetry/Write"],
} as const satisfies Record<string, readonly string[]>;

export type Role = keyof typeof allowed;

/** All roles that a stand-in checks. Azurite has no roles. */
export const everyRole = Object.keys(allowed) as readonly Role[];

/** Patterns of everything that the roles allow. */
export function actionsOf(roles: readonly Role[]): readonly string[] {
  return roles.flatMap((role) => allowed[role]);
}

/** Reports whether one of the roles allows an action. */
export function holds(roles: readonly Role[], action: string): boolean {
  return roles.some((role) => allowed[role].some((pattern) => fits(pattern, action)));
}

function fits(pattern: string, action: string): boolean {
  const [start = "", end] = pattern.split("*");
  return end === undefined ? pattern === action : action.startsWith(start) && action.endsWith(end);
}
