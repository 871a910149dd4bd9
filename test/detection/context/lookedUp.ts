/** Rows that were looked up for alice, whose prompts are refused on the day of all tests. */
import type {
  Context,
  ContextOf,
  ContextQuestion,
} from "../../../src/detection/context/context.ts";
import { contextsOf } from "../../../src/detection/context/contextOf.ts";
import type {
  ContextRows,
  EventRow,
  FailedSignIns,
  Habit,
  PassedSignIn,
  RefusedRequest,
  SeenSignIns,
} from "../../../src/detection/context/rows.ts";
import { time } from "../../builders.ts";
import { nowhere, prompt } from "../builders.ts";

const day = 86_400_000;
export const alice = ["00000000-0000-0000-0000-00000000a11c", "alice@contoso.com"];
export const bob = ["00000000-0000-0000-0000-000000000b0b", "bob@contoso.com"];
export const home = "198.51.100.7";
export const strange = "203.0.113.10";

/** A clock time so many days before the day of the tests. */
export function ago(days: number, at = "09:00"): number {
  return time(at) - days * day;
}

/** A sign-in with MFA from home. */
export function seen(at: number, more: Partial<SeenSignIns> = {}): SeenSignIns {
  return {
    names: alice,
    kind: "satisfied",
    address: home,
    device: null,
    firstAt: at,
    lastAt: at,
    ...more,
  };
}

export function habit(at: number, more: Partial<Habit> = {}): Habit {
  return {
    names: alice,
    country: "CH",
    asNumber: "64496",
    browser: "Edge 134",
    application: "OfficeHome",
    firstAt: at,
    lastAt: at,
    ...more,
  };
}

/** The row of the denial at a clock time. */
export function request(at: string, more: Partial<RefusedRequest> = {}): RefusedRequest {
  return {
    names: alice,
    request: `request of ${at}`,
    address: strange,
    asNumber: "64505",
    userAgent: "python-requests/2.31.0",
    session: "session-1",
    device: null,
    deviceName: null,
    country: "DE",
    browser: "Python Requests",
    application: "Azure Portal",
    rightPassword: true,
    ...more,
  };
}

export function failed(at: string, more: Partial<FailedSignIns> = {}): FailedSignIns {
  return {
    names: bob,
    kind: "refused",
    address: strange,
    asNumber: "64505",
    userAgent: "python-requests/2.31.0",
    firstAt: time(at),
    lastAt: time(at),
    signIns: 1,
    ...more,
  };
}

export function passed(at: string, more: Partial<PassedSignIn> = {}): PassedSignIn {
  return {
    names: alice,
    at: time(at),
    address: strange,
    session: null,
    application: "OfficeHome",
    location: "DE",
    method: "mobile app notification",
    interactive: true,
    ...more,
  };
}

/** Alice registers security info from the strange address. */
export function event(at: string, more: Partial<EventRow> = {}): EventRow {
  return {
    table: "AuditLogs",
    at: time(at),
    operation: "User registered security info",
    failed: false,
    by: "alice@contoso.com",
    byNames: alice,
    onNames: alice,
    address: strange,
    detail: null,
    ...more,
  };
}

/** Thirty days of ordinary sign-ins from home. */
export const month = [ago(29), ago(20), ago(10), ago(1)];

interface Given {
  readonly seen?: readonly SeenSignIns[];
  readonly habits?: readonly Habit[];
  readonly refused?: readonly RefusedRequest[];
  readonly failed?: readonly FailedSignIns[];
  readonly passed?: readonly PassedSignIn[];
  readonly events?: readonly EventRow[];
}

function rows(given: Given = {}, more: Partial<ContextRows> = {}): ContextRows {
  return {
    seen: { rows: given.seen ?? month.map((at) => seen(at)) },
    habits: { rows: given.habits ?? [habit(ago(29))] },
    refused: { rows: given.refused ?? [request("09:00"), request("09:05"), request("09:10")] },
    failed: { rows: given.failed ?? [] },
    passed: { rows: given.passed ?? [] },
    events: { rows: given.events ?? [] },
    findings: [],
    gaps: [],
    ...more,
  };
}

/** A denial from an address. */
export function denial(at: string, ipAddress: string | null = strange) {
  return prompt(at, { origin: { ...nowhere, ipAddress, location: "Frankfurt, DE" } });
}

/** Three denials from 09:00 to 09:10, the last of which triggered. */
function question(more: Partial<ContextQuestion> = {}): ContextQuestion {
  return {
    denials: [denial("09:00"), denial("09:05"), denial("09:10")],
    triggeredAt: time("09:10"),
    approvals: [],
    ...more,
  };
}

/** Answers questions about alice from those rows. */
export function contextOf(given: Given): ContextOf {
  return contextsOf(rows(given))(alice);
}

/** What alice's context is, given those rows. */
export function answer(
  given: Given = {},
  asked: Partial<ContextQuestion> = {},
  more: Partial<ContextRows> = {},
): Context {
  const found = contextsOf(rows(given, more))(alice)(question(asked));
  if (found === null) {
    throw new TypeError("nothing was answered");
  }
  return found;
}
