/** The columns of CSV, as far as a search of its rows needs them. */
export interface TableShape {
  /** A single byte. */
  readonly delimiter: string;
  /** At most `mostColumns`. */
  readonly columns: number;
  /** At most one for each of the few columns that have a role. */
  readonly roles: readonly { readonly column: number; readonly role: ColumnRole }[];
}

/** What a column has: a name of the account, an address, the time of the sign-in, or another time. */
export type ColumnRole = "name" | "address" | "createdAt" | "otherTime";

/** The kernel of the search has space for as many. */
export const mostColumns = 4_000;
