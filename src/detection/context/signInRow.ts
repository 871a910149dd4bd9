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

/** Returns one string for equal texts, because a log has few of them and many rows are kept. */
const same = remember((value: string) => value, 10_000);

function sameOrNull(value: string | null): string | null {
  return value === null ? null : same(value);
}

const pastMfa: ReadonlySet<string> = new Set(["0", "50140", "50199"]);

/** @returns null if it has no account or no readable time */
export function readContextSignIn(record: Fields): ContextSignIn | null {
  const properties = dynamic(own(record, "properties"));
  const row = Object.keys(properties).length > 0 ? properties : record;
  const signIn = readSignIn(record);
  const { origin, resultType, steps, request } = signIn;
  const name = text(first(row, "UserPrincipalName", "userPrincipalName"))?.toLowerCase() ?? null;
  const names = [...new Set([origin.userId, name])].filter((each) => each !== null).map(same);
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
    address: sameOrNull(addressOf(origin.ipAddress)),
    asNumber: sameOrNull(text(first(row, "AutonomousSystemNumber", "autonomousSystemNumber"))),
    userAgent: sameOrNull(origin.userAgent),
    session: signIn.session,
    device: isTrusted ? sameOrNull(lower(own(device, "deviceId")) || null) : null,
    deviceName: sameOrNull(text(own(device, "displayName"))),
    country: sameOrNull(countryOf(row)),
    location: sameOrNull(origin.location),
    browser: sameOrNull(text(own(device, "browser"))),
    application: sameOrNull(origin.application),
    rightPassword: password === undefined ? null : password.succeeded !== false,
    method: methodOf(signIn),
    interactive: signIn.interactive,
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
