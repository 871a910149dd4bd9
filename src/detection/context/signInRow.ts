import { dynamic, first, own, text, type Fields } from "../signin/fields.ts";
import { isDenial } from "../signin/outcome.ts";
import { remember } from "../signin/remember.ts";
import { readTexts } from "../signin/sighting.ts";
import { readSignIn } from "../signin/signIn.ts";
import { addressOf } from "./network.ts";
import type { Names, PassedSignIn, RefusedRequest } from "./rows.ts";
import { methodOf } from "./signInRows.ts";
import { satisfiedWords, unexplainedWords, waivedWords, wrongPassword } from "./words.ts";

/**
 * The parts of one sign-in that the context of a finding needs. The queries to the log service return the same for
 * many.
 */
export interface ContextSignIn extends RefusedRequest, PassedSignIn {
  readonly names: Names;
  readonly kind: "refused" | "satisfied" | "passed" | "wrongPassword" | "unexplained" | "other";
  /** Whether it succeeded in the end, even if prompts were refused before. */
  readonly succeeded: boolean;
  readonly publishedAt: number;
}

const pastMfa: ReadonlySet<string> = new Set(["0", "50140", "50199"]);

/** @returns null if it has no account or no readable time */
export function readContextSignIn(record: Fields): ContextSignIn | null {
  const properties = dynamic(own(record, "properties"));
  const row = Object.keys(properties).length > 0 ? properties : record;
  const signIn = readSignIn(record);
  const { origin, resultType, steps, request } = signIn;
  const name = text(first(row, "UserPrincipalName", "userPrincipalName"))?.toLowerCase() ?? null;
  const names = [...new Set([origin.userId, name])].filter((each) => each !== null);
  const at = signIn.createdAt ?? signIn.generatedAt;
  if (names.length === 0 || at === null) {
    return null;
  }
  const told = readTexts(signIn);
  const texts = told.map((each) => each.text.toLowerCase()).join("\n");
  const device = dynamic(first(row, "DeviceDetail", "deviceDetail"));
  const isTrusted =
    lower(own(device, "trustType")).includes("joined") ||
    lower(own(device, "isCompliant")) === "true";
  const password = steps.find(({ method }) => method === "password");
  const requirement = lower(first(row, "AuthenticationRequirement", "authenticationRequirement"));
  const reason = signIn.statusText?.toLowerCase() ?? "";
  const kind = kindOf({
    isRefused: told.some(({ outcome }) => isDenial(outcome)) && resultType !== "65004",
    hasPassed: pastMfa.has(resultType),
    isSatisfied:
      (has(texts, satisfiedWords) || requirement.includes("multifactor")) &&
      !has(texts, waivedWords),
    isWrongPassword: resultType === wrongPassword,
    isUnexplained:
      resultType === "500121" &&
      steps.length === 0 &&
      (reason === "" || has(reason, unexplainedWords)),
  });
  return {
    names,
    kind,
    succeeded: resultType === "0",
    at,
    publishedAt: signIn.generatedAt ?? at,
    request,
    address: addressOf(origin.ipAddress),
    asNumber: text(first(row, "AutonomousSystemNumber", "autonomousSystemNumber")),
    userAgent: origin.userAgent,
    session: signIn.session,
    device: isTrusted ? lower(own(device, "deviceId")) || null : null,
    deviceName: text(own(device, "displayName")),
    country: countryOf(row),
    location: origin.location,
    browser: text(own(device, "browser")),
    application: origin.application,
    rightPassword: password === undefined ? null : password.succeeded !== false,
    method: methodOf(signIn),
    interactive: signIn.interactive,
  };
}

/** Returns one string for equal texts. */
const same = remember((value: string) => value, 10_000);

/** Shares texts between sign-ins, because a log has few different ones and many rows are kept. */
export function withSharedTexts(signIn: ContextSignIn): ContextSignIn {
  const shared = (name: keyof ContextSignIn) => {
    const value = signIn[name];
    return typeof value === "string" ? same(value) : null;
  };
  return {
    ...signIn,
    names: signIn.names.map(same),
    address: shared("address"),
    asNumber: shared("asNumber"),
    userAgent: shared("userAgent"),
    device: shared("device"),
    deviceName: shared("deviceName"),
    country: shared("country"),
    location: shared("location"),
    browser: shared("browser"),
    application: shared("application"),
  };
}

interface Signs {
  readonly isRefused: boolean;
  readonly hasPassed: boolean;
  readonly isSatisfied: boolean;
  readonly isWrongPassword: boolean;
  readonly isUnexplained: boolean;
}

function kindOf(signs: Signs): ContextSignIn["kind"] {
  if (signs.isRefused) {
    return "refused";
  }
  if (signs.hasPassed) {
    return signs.isSatisfied ? "satisfied" : "passed";
  }
  if (signs.isWrongPassword) {
    return "wrongPassword";
  }
  return signs.isUnexplained ? "unexplained" : "other";
}

function countryOf(row: Fields): string | null {
  const place = dynamic(first(row, "LocationDetails", "location"));
  return text(own(place, "countryOrRegion")) ?? text(first(row, "Location"));
}

function lower(value: unknown): string {
  return text(value)?.toLowerCase() ?? "";
}

function has(texts: string, words: readonly string[]): boolean {
  return words.some((word) => texts.includes(word.toLowerCase()));
}
