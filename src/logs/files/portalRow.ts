type Row = Readonly<Record<string, unknown>>;

/** Columns that are the same thing under another name. */
const renamed = {
  date: "CreatedDateTime",
  "request id": "Id",
  "correlation id": "CorrelationId",
  "user id": "UserId",
  user: "UserDisplayName",
  username: "UserPrincipalName",
  "user type": "UserType",
  "user agent": "UserAgent",
  application: "AppDisplayName",
  "application id": "AppId",
  resource: "ResourceDisplayName",
  "resource id": "ResourceIdentity",
  // The log of a tenant holds the sign-ins to its own resources.
  "resource tenant id": "AADTenantId",
  "home tenant id": "HomeTenantId",
  "ip address": "IPAddress",
  "client app": "ClientAppUsed",
  "authentication requirement": "AuthenticationRequirement",
  "authentication protocol": "AuthenticationProtocol",
  "sign-in identifier": "SignInIdentifier",
  "session id": "SessionId",
  "autonomous system number": "AutonomousSystemNumber",
  "token issuer type": "TokenIssuerType",
  "cross tenant access type": "CrossTenantAccessType",
  "conditional access": "ConditionalAccessStatus",
  "service principal id": "ServicePrincipalId",
  "service principal name": "ServicePrincipalName",
} as const satisfies Readonly<Record<string, string>>;

const sameNames = Object.entries(renamed);

/**
 * A row of `SigninLogs` out of one of the Entra portal's download, by the names of its columns in lower
 * case. There are no steps in it, but in the files with authentication details, which have one a row.
 */
export function portalRow(cells: ReadonlyMap<string, string>, nonInteractive: boolean): Row {
  const text = (key: string): string | undefined => {
    const value = cells.get(key)?.trim();
    return value === "" ? undefined : value;
  };
  const code =
    text("sign-in error code") ?? (text("status")?.toLowerCase() === "success" ? "0" : undefined);
  const row = {
    ...Object.fromEntries(sameNames.map(([key, name]) => [name, text(key)])),
    IsInteractive: nonInteractive ? false : undefined,
    ResultType: code,
    Status: defined({
      errorCode: code,
      failureReason: text("failure reason"),
      additionalDetails: text("multifactor authentication result"),
    }),
    MfaDetail: defined({
      authMethod: text("multifactor authentication auth method"),
      authDetail: text("multifactor authentication auth detail"),
    }),
    DeviceDetail: defined({
      deviceId: text("device id"),
      operatingSystem: text("operating system"),
      browser: text("browser"),
      isCompliant: text("compliant"),
      isManaged: text("managed"),
      trustType: text("join type"),
    }),
    LocationDetails: readPlace(text("location")),
    AuthenticationDetails: cells.has("result detail")
      ? [
          defined({
            authenticationStepDateTime: text("date"),
            authenticationMethod: text("authentication method"),
            authenticationMethodDetail: text("authentication method detail"),
            succeeded: text("succeeded"),
            authenticationStepResultDetail: text("result detail"),
            authenticationStepRequirement: text("requirement"),
          }),
        ]
      : undefined,
  };
  return defined(row);
}

/** "Berlin, Berlin, DE": city, state, country. */
function readPlace(location: string | undefined): Row | undefined {
  const parts = location?.split(",").map((part) => part.trim()) ?? [];
  const countryOrRegion = parts.pop();
  const state = parts.length > 1 ? parts.pop() : undefined;
  const city = parts.length > 0 ? parts.join(", ") : undefined;
  return defined({ city, state, countryOrRegion });
}

function defined(fields: Row): Row {
  const row: Record<string, unknown> = {};
  for (const name in fields) {
    if (fields[name] !== undefined) {
      row[name] = fields[name];
    }
  }
  return row;
}
