import { addressOf } from "../../../detection/context/network.ts";
import {
  readAuditEvent,
  readOfficeEvent,
  readRiskEvent,
} from "../../../detection/context/readEvent.ts";
import type {
  EventRow,
  FailedSignIns,
  Names,
  PassedSignIn,
} from "../../../detection/context/rows.ts";
import { methodOf } from "../../../detection/context/signInRows.ts";
import { text, type Fields } from "../../../detection/signin/fields.ts";
import { readSignIn } from "../../../detection/signin/signIn.ts";
import { readTime } from "../../../detection/signin/time.ts";
import type { HistoryRows } from "../../../run/contextSource.ts";

/** The object id first, the principal name last. Either may be missing. */
function namesOf({ Account, Name }: Fields): Names {
  return [...new Set([text(Account), text(Name)])].filter((name) => name !== null);
}

interface Span {
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Rows whose times cannot be read are ignored. */
function spanOf({ FirstAt, LastAt }: Fields): readonly Span[] {
  const [firstAt, lastAt] = [readTime(FirstAt), readTime(LastAt)];
  return firstAt === null || lastAt === null ? [] : [{ firstAt, lastAt }];
}

/** Reads the parts of the history, which are rows of one answer. */
export function readHistory(rows: readonly Fields[]): HistoryRows {
  const part = (name: string) => rows.filter((row) => row["Part"] === name);
  return {
    seen: part("seen").flatMap((row) =>
      spanOf(row).map((span) => ({
        names: namesOf(row),
        kind: row["Kind"] === "refused" ? ("refused" as const) : ("satisfied" as const),
        address: addressOf(row["Address"]),
        device: text(row["Device"]),
        ...span,
      })),
    ),
    habits: part("habit").flatMap((row) =>
      spanOf(row).map((span) => ({ names: namesOf(row), ...traitsOf(row), ...span })),
    ),
    refused: part("request").map((row) => ({
      names: namesOf(row),
      request: text(row["Request"]) ?? "",
      address: addressOf(row["Address"]),
      userAgent: text(row["UserAgent"]),
      session: text(row["SessionId"]),
      device: text(row["Device"]),
      deviceName: text(row["DeviceName"]),
      ...traitsOf(row),
      rightPassword: text(row["Password"]) === null ? null : row["Password"] === "right",
    })),
  };
}

function traitsOf(row: Fields) {
  return {
    country: text(row["Country"]),
    asNumber: text(row["Network"]),
    browser: text(row["Browser"]),
    application: text(row["Application"]),
  };
}

export function readFailures(rows: readonly Fields[]): readonly FailedSignIns[] {
  return rows.flatMap((row) =>
    spanOf(row).map((span) => ({
      names: namesOf(row),
      kind: kindOf(row["Kind"]),
      address: addressOf(row["Address"]),
      asNumber: text(row["Network"]),
      userAgent: text(row["UserAgent"]),
      signIns: Number(row["SignIns"]),
      ...span,
    })),
  );
}

function kindOf(kind: unknown): FailedSignIns["kind"] {
  return kind === "wrongPassword" || kind === "refused" ? kind : "unexplained";
}

export function readSuccesses(rows: readonly Fields[]): readonly PassedSignIn[] {
  return rows.flatMap((row) => {
    const at = readTime(row["At"]);
    return at === null
      ? []
      : [
          {
            names: namesOf(row),
            at,
            address: addressOf(row["Address"]),
            session: text(row["SessionId"]),
            application: text(row["Application"]),
            location: text(row["Country"]),
            method: methodOf(readSignIn(row)),
            interactive: row["Table"] === "SigninLogs",
          },
        ];
  });
}

/** The reader for the rows of each table. */
const eventReaders: Readonly<Record<string, (row: Fields) => EventRow | null>> = {
  AuditLogs: readAuditEvent,
  OfficeActivity: readOfficeEvent,
  CloudAppEvents: readOfficeEvent,
  AADUserRiskEvents: readRiskEvent,
};

export function readEvents(rows: readonly Fields[]): readonly EventRow[] {
  return rows.flatMap((row) => eventReaders[text(row["Table"]) ?? ""]?.(row) ?? []);
}
