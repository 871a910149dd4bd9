/**
 * Builders of sign-in rows for tests, modelled on the real-shaped row of the contract. Every time is a clock time on
 * one fixed day (`"09:00:13"`, `"09:00:13.250"`), all in UTC; every identity is an example.
 *
 *     row({ at: "09:00:13", steps: [password("08:59:40"), denied("09:00:13")] })
 */

const day = "2026-03-10";

export const alice = {
  name: "alice@contoso.com",
  id: "00000000-0000-0000-0000-00000000a11c",
} as const satisfies Person;
export const bob = {
  name: "bob@contoso.com",
  id: "00000000-0000-0000-0000-000000000b0b",
} as const satisfies Person;

export const workspaceId = "00000000-0000-0000-0000-0000000000aa";
export const tenantId = "00000000-0000-0000-0000-0000000000cc";
const portalAppId = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";

export interface Person {
  readonly name: string;
  readonly id: string;
}

export type Step = Readonly<Record<string, unknown>>;
export type Row = Readonly<Record<string, unknown>>;

/** Epoch milliseconds of a clock time on the fixed day. */
export function time(clock: string): number {
  const padded = /^\d\d:\d\d$/.test(clock) ? `${clock}:00` : clock;
  const at = Date.parse(`${day}T${padded}Z`);
  if (Number.isNaN(at)) {
    throw new RangeError(`not a clock time: ${clock}`);
  }
  return at;
}

function epochOf(at: string | number): number {
  return typeof at === "number" ? at : time(at);
}

/** As Log Analytics writes times: seven fractional digits. */
export function stamp(at: number): string {
  return new Date(at).toISOString().replace("Z", "0000Z");
}

export interface StepOptions {
  /** When the prompt was answered: a clock time, or epoch milliseconds. */
  readonly at: string | number;
  readonly text?: string;
  readonly method?: string;
  readonly succeeded?: unknown;
  /** When the prompt appeared (`RequestSequence`); 12 seconds before the answer by default. */
  readonly asked?: string | number;
  /** False: a step of a dialect without the two sequences. */
  readonly sequences?: boolean;
  /** Set last, over everything; a value of `undefined` takes the field away. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** One MFA step of `AuthenticationDetails`; its time is in whole seconds, its sequences in milliseconds. */
export function step(options: StepOptions): Step {
  const at = epochOf(options.at);
  return withoutUndefined({
    authenticationStepDateTime: new Date(Math.floor(at / 1000) * 1000)
      .toISOString()
      .replace(".000Z", "+00:00"),
    authenticationMethod: options.method ?? "Mobile app notification",
    succeeded: options.succeeded === undefined ? false : options.succeeded,
    authenticationStepResultDetail: options.text ?? "MFA denied; user declined the authentication",
    authenticationStepRequirement: "Primary authentication",
    StatusSequence: options.sequences === false ? undefined : at,
    RequestSequence:
      options.sequences === false ? undefined : epochOf(options.asked ?? at - 12_000),
    ...options.fields,
  });
}

type MoreOfStep = Omit<StepOptions, "at" | "text">;

function stepOf(text: string, succeeded = false): (at: string | number, more?: MoreOfStep) => Step {
  return (at, more) => step({ succeeded, ...more, at, text });
}

export const denied = stepOf("MFA denied; user declined the authentication");
export const fraudReported = stepOf("MFA denied; Phone App Reported Fraud");
export const wrongNumber = stepOf("MFA denied; user did not select the correct number");
export const noResponse = stepOf("MFA denied; user did not respond to mobile app notification");
export const wrongCode = stepOf("MFA denied; invalid verification code");
export const duplicateAttempt = stepOf("MFA denied; duplicate authentication attempt");
export const pending = stepOf("Authentication in progress");
export const approved = stepOf("MFA successfully completed", true);

/** The password step that comes before the prompts. */
export function password(at: string | number): Step {
  return step({
    at,
    text: "Correct password",
    method: "Password",
    succeeded: true,
    fields: {
      authenticationMethodDetail: "Password in the cloud",
      StatusSequence: 0,
      RequestSequence: 1,
    },
  });
}

export interface RowOptions {
  /** When the sign-in happened (`CreatedDateTime`): a clock time, or epoch milliseconds. */
  readonly at: string | number;
  /** When the row was stored (`TimeGenerated`); two minutes later by default. */
  readonly published?: string | number;
  readonly user?: Person;
  /** `Id` and `OriginalRequestId`; by default a different one for every time of sign-in. */
  readonly request?: string;
  readonly address?: string;
  readonly resultType?: string | number;
  readonly steps?: readonly Step[];
  /** `Status.additionalDetails`; none by default. */
  readonly status?: string;
  /** Set last, over everything; a value of `undefined` takes the column away. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** One row of `SigninLogs` as Log Analytics returns it: by default a failed strong authentication. */
export function row(options: RowOptions): Row {
  const at = epochOf(options.at);
  const user = options.user ?? alice;
  const request = options.request ?? `6513270e-269e-0d37-f2a7-${at.toString(16).padStart(12, "0")}`;
  const resultType = options.resultType ?? "500121";
  const failed = String(resultType) === "500121";
  const reason = failed ? "Authentication failed during strong authentication request." : "Other.";
  return withoutUndefined({
    TenantId: workspaceId,
    Type: "SigninLogs",
    Category: "SignInLogs",
    OperationName: "Sign-in activity",
    TimeGenerated: stamp(epochOf(options.published ?? at + 120_000)),
    CreatedDateTime: stamp(at),
    ResultType: resultType,
    ResultDescription: reason,
    Id: request,
    OriginalRequestId: request,
    CorrelationId: "d23f0824-128b-2f33-0c5c-7fd0a6a3a450",
    UserPrincipalName: user.name,
    UserId: user.id,
    AADTenantId: tenantId,
    UserType: "Member",
    IPAddress: options.address ?? "203.0.113.10",
    AppId: portalAppId,
    AppDisplayName: "Azure Portal",
    IsInteractive: true,
    AuthenticationRequirement: "multiFactorAuthentication",
    MfaDetail: { authMethod: "Mobile app notification" },
    Status: withoutUndefined({
      errorCode: Number(resultType),
      failureReason: reason,
      additionalDetails: options.status,
    }),
    AuthenticationDetails: JSON.stringify(options.steps ?? []),
    ...options.fields,
  });
}

/** One sign-in with one refusal, as most rows that matter are. */
export function denialRow(at: string | number, more?: Omit<RowOptions, "at" | "steps">): Row {
  return row({ ...more, at, steps: [password(epochOf(at) - 20_000), denied(at)] });
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
