import type { Fields } from "../../../detection/signin/fields.ts";
import { fieldNames, type FieldName } from "../../../detection/signin/fieldNames.ts";
import { readTime } from "../../../detection/signin/time.ts";
import type { RecordDialect, RecordReading } from "../../../run/inputSeen.ts";
import { isCode, isSuccess, readCode } from "./anyCode.ts";
import { readFlag } from "./anyFlag.ts";
import { readAnyTime } from "./anyTime.ts";
import type { DateOrder } from "./csvTime.ts";
import { FieldFinder } from "./fieldFinder.ts";
import { plainName } from "./plainName.ts";
import { readSteps } from "./readSteps.ts";

export interface NormaliseOptions {
  readonly dateOrder: DateOrder | null;
  /** Set for the rows of a portal's file whose name alone shows that they are non-interactive. */
  readonly nonInteractive?: boolean;
  /** Whether the columns alone show that the records are sign-ins, whatever they contain. */
  readonly isKnown?: boolean;
}

export type Normalised =
  | { readonly kind: "record"; readonly record: Fields; readonly reading: RecordReading }
  /** A date with two possible readings. */
  | { readonly kind: "ambiguous" };

/** Converts a record with any spelling, nested or flattened, to the names and values that detection reads. */
export function normaliseRecord(record: Fields, options: NormaliseOptions): Normalised {
  return new Normaliser(record, options).read();
}

class Normaliser {
  readonly #options: NormaliseOptions;
  readonly #fields: FieldFinder;
  #isAmbiguous = false;

  constructor(record: Fields, options: NormaliseOptions) {
    this.#options = options;
    this.#fields = new FieldFinder(record);
  }

  read(): Normalised {
    const created = this.#time("CreatedDateTime", this.#near(["TimeGenerated"]));
    const near = readTime(created) ?? this.#near(["CreatedDateTime", "TimeGenerated"]);
    const generated = this.#time("TimeGenerated", near);
    const errorCode = readCode(this.#value("Status.errorCode"));
    const steps = this.#readSteps(near);
    const record = defined({
      ...this.#plainFields(),
      TimeGenerated: generated,
      CreatedDateTime: created,
      ResultType: this.#resultType(errorCode),
      Status: group({
        errorCode,
        failureReason: this.#value("Status.failureReason"),
        additionalDetails: this.#value("Status.additionalDetails"),
      }),
      AuthenticationDetails: steps,
      IsInteractive: this.#isNonInteractiveFile() ? false : this.#flag("IsInteractive"),
      AADTenantId: this.#tenant(),
      UserPrincipalName: this.#value("UserPrincipalName"),
      UserType: this.#value("UserType") ?? (this.#flag("IsGuestUser") === true ? "Guest" : null),
      ...this.#place(),
      DeviceDetail: this.#group("DeviceDetail"),
      MfaDetail: this.#group("MfaDetail"),
    });
    return this.#isAmbiguous
      ? { kind: "ambiguous" }
      : { kind: "record", record, reading: this.#reading() };
  }

  #value(field: FieldName): unknown {
    return this.#fields.value(field);
  }

  #time(field: FieldName, near: number | null): unknown {
    const value = this.#value(field);
    const time = readAnyTime(value, { dateOrder: this.#options.dateOrder, near });
    this.#isAmbiguous ||= time.kind === "ambiguous";
    return time.kind === "time" ? time.time : time.kind === "other" ? time.value : null;
  }

  #near(fields: readonly FieldName[]): number | null {
    const times = fields.map((field) => {
      const any = readAnyTime(this.#value(field), {
        dateOrder: this.#options.dateOrder,
        near: null,
      });
      return any.kind === "time" ? readTime(any.time) : null;
    });
    return times.find((time) => time !== null) ?? null;
  }

  #readSteps(near: number | null): unknown {
    const hints = { dateOrder: this.#options.dateOrder, near };
    const whole = readSteps(this.#value("AuthenticationDetails"), hints);
    if (whole !== null && whole.length > 0) {
      return whole;
    }
    const columns = [...this.#fields.steps.entries()]
      .toSorted(([a], [b]) => a - b)
      .map(([, step]) => ({
        authenticationStepDateTime: this.#value("CreatedDateTime"),
        ...Object.fromEntries(step),
      }));
    const telling = columns.filter(
      (step: Fields) => !isMissing(step["authenticationStepResultDetail"]),
    );
    return (telling.length > 0 ? readSteps(columns, hints) : null) ?? whole;
  }

  /** A word says less than the code in the status. */
  #resultType(errorCode: unknown): unknown {
    const given = this.#value("ResultType");
    const result = readCode(given);
    if (isCode(result)) {
      return result;
    }
    if (isCode(errorCode)) {
      return errorCode;
    }
    const word = [given, this.#value("StatusWord")].find((each) => each !== null) ?? null;
    return isSuccess(word) ? "0" : (given ?? (isCode(readCode(word)) ? readCode(word) : null));
  }

  #flag(field: FieldName): unknown {
    return readFlag(this.#value(field));
  }

  /** A portal's file has no column for it. */
  #isNonInteractiveFile(): boolean {
    return this.#options.nonInteractive === true && this.#dialect() === "portal";
  }

  /** `tenantId` is the workspace in a row of Log Analytics, and the Entra tenant beside `properties`. */
  #tenant(): unknown {
    const found = this.#fields.found.get("AADTenantId");
    const isWorkspace =
      found?.leaf.plain === plainName(fieldNames.AADTenantId[2]) && !this.#fields.hasProperties;
    return isWorkspace ? null : (found?.leaf.value ?? null);
  }

  #place(): Fields {
    const location = this.#value("Location");
    const details = this.#group("LocationDetails");
    // "Berlin, Berlin, DE": city, state, country.
    const parts =
      typeof location === "string" ? location.split(",").map((part) => part.trim()) : [];
    if (details !== null || parts.length < 2) {
      return { Location: parts.length === 1 ? location : null, LocationDetails: details };
    }
    const countryOrRegion = parts.pop();
    const state = parts.length > 1 ? parts.pop() : null;
    const city = parts.length > 0 ? parts.join(", ") : null;
    return { LocationDetails: group({ city, state, countryOrRegion }) };
  }

  #group(owner: string): Fields | null {
    const members = [...this.#fields.found]
      .filter(([field]) => field.startsWith(`${owner}.`))
      .map(([field, { leaf }]) => [field.slice(owner.length + 1), leaf.value] as const);
    return group(Object.fromEntries(members));
  }

  #plainFields(): Fields {
    const fields = [...this.#fields.found].filter(
      ([field]) => !field.includes(".") && field !== "StatusWord" && field !== "IsGuestUser",
    );
    return Object.fromEntries(fields.map(([field, { leaf }]) => [field, leaf.value]));
  }

  #reading(): RecordReading {
    const names = new Map(
      [...this.#fields.found].map(([field, { leaf }]) => [field, leaf.name] as const),
    );
    return { dialect: this.#dialect(), names, conflicts: [...this.#fields.conflicts] };
  }

  #dialect(): RecordDialect {
    const nameOf = (field: FieldName) => this.#fields.plainNameOf(field);
    if (this.#fields.isElastic) {
      return "elastic";
    }
    if (nameOf("UserId").startsWith("account") || nameOf("UserPrincipalName") === "accountupn") {
      return "defender";
    }
    if (
      ["requestid", "date"].some((name) => [nameOf("Id"), nameOf("CreatedDateTime")].includes(name))
    ) {
      return "portal";
    }
    if (this.#fields.hasProperties) {
      return "diagnostic";
    }
    const rowNames = ["TimeGenerated", "ResultType", "Type", "AADTenantId"] as const;
    return rowNames.some((field) => this.#fields.found.has(field)) ? "log-analytics" : "graph";
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function defined(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** Returns null if it is empty. */
function group(fields: Fields): Fields | null {
  const members = defined(fields);
  return Object.keys(members).length === 0 ? null : members;
}
