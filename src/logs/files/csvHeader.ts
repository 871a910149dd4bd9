/** The name of a column, cleaned of what portals and spreadsheets add to it. */
export interface ColumnName {
  /** As written, without blanks around it. */
  readonly text: string;
  /** In lower case, without the zone: what columns are told apart by. */
  readonly key: string;
  /** What stands in brackets behind the name of a time: "UTC", "Local Time"; null without. */
  readonly zone: string | null;
}

/** `TimeGenerated [UTC]`, `Date (UTC)`. */
const zoned = /^(date|timegenerated|createddatetime)\s*[[(](.+)[\])]$/i;

export function columnName(cell: string): ColumnName {
  const text = cell.trim();
  const [, name = text, zone = null] = zoned.exec(text) ?? [];
  return { text, key: name.replaceAll(/\s+/g, " ").toLowerCase(), zone };
}

/** Columns of `SigninLogs` that no CSV of another kind has, as keys. */
const tableColumns: ReadonlySet<string> = new Set([
  "aadtenantid",
  "appdisplayname",
  "authenticationdetails",
  "authenticationrequirement",
  "conditionalaccessstatus",
  "correlationid",
  "createddatetime",
  "isinteractive",
  "mfadetail",
  "originalrequestid",
  "resultdescription",
  "resulttype",
  "status_dynamic",
  "status_string",
  "timegenerated",
  "userdisplayname",
  "userprincipalname",
]);

/** The same for what the Entra portal calls its columns in a download. */
const portalColumns: ReadonlySet<string> = new Set([
  "application id",
  "authentication requirement",
  "client app",
  "conditional access",
  "correlation id",
  "failure reason",
  "multifactor authentication result",
  "request id",
  "result detail",
  "sign-in error code",
  "sign-in identifier",
  "username",
]);

/** One alone may be chance. */
const enough = 2;

/** Whose names the columns have: those of the table in Log Analytics, or those of the Entra portal; null for neither. */
export function headerKind(names: readonly ColumnName[]): "table" | "portal" | null {
  const table = names.filter(({ key }) => tableColumns.has(key)).length;
  const portal = names.filter(
    ({ key, zone }) => portalColumns.has(key) || (key === "date" && zone !== null),
  ).length;
  if (Math.max(table, portal) < enough) {
    return null;
  }
  return table >= portal ? "table" : "portal";
}
