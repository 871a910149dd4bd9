import type { Entry } from "./entry.ts";

/** At least one of these is in every dialect of a sign-in row and of a diagnostic record, in lower case. */
const everyColumn: ReadonlySet<string> = new Set([
  "appdisplayname",
  "authenticationdetails",
  "category",
  "correlationid",
  "createddatetime",
  "identity",
  "ipaddress",
  "operationname",
  "originalrequestid",
  "properties",
  "resultdescription",
  "resulttype",
  "status",
  "time",
  "timegenerated",
  "userdisplayname",
  "userid",
  "userprincipalname",
]);

/** How many records may pass without any known column. */
const patience = 100;

/** Whether a record can be one of a sign-in log at all. */
export function hasSignInColumn(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).some((key) => everyColumn.has(key.toLowerCase()));
}

/** Tells sign-in logs and other diagnostic logs from JSON of any other kind, by their first records. */
export class SignInColumns {
  #met = false;
  #without = 0;

  /** Whether a known column was seen. */
  get met(): boolean {
    return this.#met;
  }

  /** Whether all that was seen is JSON of another kind, and enough of it to say so. */
  get foreign(): boolean {
    return !this.#met && this.#without >= patience;
  }

  /** The same at the end of the input, when no more is coming. */
  get foreignAfterAll(): boolean {
    return !this.#met && this.#without > 0;
  }

  see(entries: readonly Entry[]): void {
    if (this.#met) {
      return;
    }
    for (const entry of entries) {
      if (entry.kind === "bad") {
        continue;
      }
      this.#met ||= hasSignInColumn(entry.record);
      this.#without++;
    }
  }
}
