/** The types of the columns read here, in the terms of the Kusto query language. */
type ColumnType = "bool" | "datetime" | "dynamic" | "long" | "string";

/** The time of the answer by the service's own clock, in a row of its own. */
export const servedAt = "ServedAt";

/** Facts about the whole log in a range, in a row of their own. */
export const logSeen = { SeenRows: "long", NewestAt: "datetime" } as const;

const common = {
  TimeGenerated: "datetime",
  CreatedDateTime: "datetime",
  ResultType: "string",
  Id: "string",
  OriginalRequestId: "string",
  AADTenantId: "string",
  UserPrincipalName: "string",
  UserId: "string",
  IPAddress: "string",
  AppId: "string",
  IsInteractive: "bool",
  Status: "dynamic",
  AuthenticationDetails: "string",
  [servedAt]: "datetime",
} as const satisfies Columns;

/** The columns that a query returns and the detector reads: column name → type. */
export type Columns = Readonly<Record<string, ColumnType>>;

export const candidateColumns = {
  ...common,
  ...logSeen,
  UserType: "string",
  AppDisplayName: "string",
  UserAgent: "string",
  Location: "string",
  LocationDetails: "dynamic",
  DeviceDetail: "dynamic",
} as const satisfies Columns;

export const approvalColumns = {
  ...common,
  AppDisplayName: "string",
  Location: "string",
  LocationDetails: "dynamic",
  SessionId: "string",
} as const satisfies Columns;

/** A value of a watchlist's column. */
export const watchlistColumns = {
  Value: "string",
  [servedAt]: "datetime",
} as const satisfies Columns;
