/** The types, in the words of the Kusto query language, that the columns read here have. */
type ColumnType = "bool" | "datetime" | "dynamic" | "long" | "string";

/** The moment of the answer, by the service's own clock, on a row of its own. */
export const servedAt = "ServedAt";

/** What a query says of the whole log in a range, on a row of its own. */
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

/** What each query answers, and the detector reads: column name → type. */
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

export const approvalColumns = common satisfies Columns;
