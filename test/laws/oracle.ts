/**
 * The oracle: what the contract (detection.md, mfa-outcomes.md) says, read off line by line, slowly.
 *
 * It shares nothing with `src/` and is written from the contract alone, so that an error in the one is not also in
 * the other. It judges Log Analytics rows only (PascalCase), knows no exclusions, and takes everything at once. The
 * numbers in the comments are those of "From rows to denials".
 */

export type Row = Readonly<Record<string, unknown>>;

export interface OracleRule {
  readonly id: string;
  readonly windowMs: number;
  readonly threshold: number;
  readonly kind: "sliding" | "tumbling";
  readonly counted: readonly string[];
  readonly severity: "Medium" | "High" | "Low" | "Informational";
  readonly approvalRequired: boolean;
  readonly approvalWatchMs: number;
  readonly approvalRaises: "any" | "matched";
}

export interface OracleFinding {
  readonly tenantId: string | null;
  readonly user: string;
  readonly denials: number;
  readonly fraudReports: number;
  readonly firstDenialAt: number;
  readonly triggeredAt: number;
  readonly lastDenialAt: number;
  readonly severity: string;
  readonly approval: {
    readonly at: number;
    readonly match: "same-request" | "same-address" | "other";
  } | null;
}

export function oracle(rows: readonly Row[], rule: OracleRule): OracleFinding[] {
  // 2. and 7.: rows that are non-interactive or belong to nobody are set aside, for denials and approvals alike.
  const usable = rows.filter((row) => isInteractive(row) && userOf(row) !== null);
  return distinct(usable.map(keyOf))
    .flatMap((key) =>
      findingsOfOneUser(
        usable.filter((row) => keyOf(row) === key),
        rule,
      ),
    )
    .toSorted(byTriggerThenUser);
}

function findingsOfOneUser(rows: readonly Row[], rule: OracleRule): OracleFinding[] {
  const approvals = approvalsIn(rows);
  const denials = promptsIn(rows)
    .filter((prompt) => rule.counted.includes(prompt.outcome))
    .toSorted((a, b) => a.at - b.at);
  const bursts =
    rule.kind === "sliding" ? slidingBursts(denials, rule) : tumblingBursts(denials, rule);

  return bursts.flatMap((burst) => {
    const firstDenialAt = Math.min(...burst.denials.map((denial) => denial.at));
    const lastDenialAt = Math.max(...burst.denials.map((denial) => denial.at));
    const fraudReports = burst.denials.filter(
      (denial) => denial.outcome === "fraudReported",
    ).length;

    // "at or after triggeredAt and no later than 60 min (setting) after the last denial"
    const approval = strongestThenEarliest(
      approvals
        .filter(
          (candidate) =>
            candidate.at >= burst.triggeredAt &&
            candidate.at <= lastDenialAt + rule.approvalWatchMs,
        )
        .map((candidate) => ({ at: candidate.at, match: matchOf(candidate, burst.denials) })),
    );
    if (rule.approvalRequired && approval === null) {
      return [];
    }

    const raisedByFraud = fraudReports > 0;
    const raisedByApproval =
      approval !== null && (rule.approvalRaises === "any" || approval.match !== "other");
    return [
      {
        tenantId: tenantOf(rows[0] ?? {}),
        user: userOf(rows[0] ?? {}) ?? "",
        denials: burst.denials.length,
        fraudReports,
        firstDenialAt,
        triggeredAt: burst.triggeredAt,
        lastDenialAt,
        severity: raisedByFraud || raisedByApproval ? "High" : rule.severity,
        approval,
      },
    ];
  });
}

// ---------------------------------------------------------------------------------------------------------------
// From denials to bursts

interface Burst {
  readonly denials: readonly Prompt[];
  readonly triggeredAt: number;
}

/** `denials`: one user's, in order of time. */
function slidingBursts(denials: readonly Prompt[], rule: OracleRule): Burst[] {
  // "a gap longer than `window` cuts"
  const runs = splitWhere(denials, (earlier, later) => later.at - earlier.at > rule.windowMs);
  return runs.flatMap((run) => {
    // "each run that contains `threshold` denials within some `window`"; "the moment the threshold was first reached"
    const reached = run.filter((last, i) => {
      const first = run[i - rule.threshold + 1];
      return first !== undefined && last.at - first.at <= rule.windowMs;
    });
    return reached[0] === undefined ? [] : [{ denials: run, triggeredAt: reached[0].at }];
  });
}

/** `denials`: one user's, in order of time. */
function tumblingBursts(denials: readonly Prompt[], rule: OracleRule): Burst[] {
  // "buckets aligned to the epoch, [n·window, (n+1)·window)"
  const bucketOf = (denial: Prompt) => Math.floor(denial.at / rule.windowMs);
  // "each bucket with `threshold` denials fires"
  const inFiringBuckets = denials.filter(
    (denial) =>
      denials.filter((other) => bucketOf(other) === bucketOf(denial)).length >= rule.threshold,
  );
  // "adjoining firing buckets are one burst, which holds the denials of those buckets only"
  const bursts = splitWhere(
    inFiringBuckets,
    (earlier, later) => bucketOf(later) - bucketOf(earlier) > 1,
  );
  // "`triggeredAt` the threshold-th denial of the first one": a firing bucket holds that many, and they come first.
  return bursts.flatMap((burst) => {
    const trigger = burst[rule.threshold - 1];
    return trigger === undefined ? [] : [{ denials: burst, triggeredAt: trigger.at }];
  });
}

// ---------------------------------------------------------------------------------------------------------------
// From rows to prompts

interface Sighting {
  readonly outcome: Outcome;
  readonly at: number;
  readonly request: string;
  readonly address: string | null;
}

interface StepSighting extends Sighting {
  readonly sequence: number | null;
  /** (request, method, whole second) */
  readonly place: string;
}

interface Prompt {
  readonly outcome: Outcome;
  readonly at: number;
  readonly sightings: readonly Sighting[];
}

/** All failed or pending prompts in one user's rows. */
function promptsIn(rows: readonly Row[]): Prompt[] {
  const candidates = rows.filter(isCandidate); // 1. "Only candidates classify, count, or suppress a fallback"
  const steps = candidates.flatMap(stepSightings);
  return [...promptsOfSteps(steps), ...promptsOfStatus(candidates.flatMap(statusSighting), steps)];
}

/** 5. Same prompt, several rows. */
function promptsOfSteps(steps: readonly StepSighting[]): Prompt[] {
  // "`RequestSequence` where it is an epoch-milliseconds number"
  const sequenced = steps.filter((step) => step.sequence !== null);
  const identities = steps.map((step) => {
    // "A step without sequence equals one with it for the same request, method and second"; of several, the lowest
    const here = sequenced
      .filter((other) => other.place === step.place)
      .map((other) => other.sequence ?? Infinity);
    if (step.sequence !== null) {
      return `sequence ${step.sequence}`;
    }
    // "otherwise (request, method, whole second)"
    return here.length > 0 ? `sequence ${Math.min(...here)}` : `place ${step.place}`;
  });
  return distinct(identities).map((identity) =>
    resolve(steps.filter((_, i) => identities[i] === identity)),
  );
}

/** 4. Status as fallback: one per request, and none where a candidate row of that request carries such a step. */
function promptsOfStatus(statuses: readonly Sighting[], steps: readonly StepSighting[]): Prompt[] {
  const slotOf = (sighting: Sighting) =>
    JSON.stringify([sighting.request, groupOf(sighting.outcome)]);
  const taken = steps.map(slotOf);
  const free = statuses.filter((status) => !taken.includes(slotOf(status)));
  return distinct(free.map(slotOf)).map((slot) =>
    resolve(free.filter((status) => slotOf(status) === slot)),
  );
}

/** A refusal and a fraud report stand for each other; every other outcome only for itself. */
function groupOf(outcome: Outcome): string {
  return outcome === "fraudReported" ? "denied" : outcome;
}

/**
 * 5. "Variants of one prompt resolve: fraudReported > denied > other final outcome > pending; earliest time". Among
 * the other final outcomes the contract sets no order; the table's is taken, so that the result has one.
 */
function resolve(variants: readonly Sighting[]): Prompt {
  const found = ranked.find((outcome) => variants.some((variant) => variant.outcome === outcome));
  return {
    outcome: found ?? "pending",
    at: Math.min(...variants.map((variant) => variant.at)),
    sightings: variants,
  };
}

const ranked: readonly Outcome[] = [
  "fraudReported",
  "denied",
  ...([
    "wrongNumber",
    "noResponse",
    "wrongCode",
    "duplicateAttempt",
    "blocked",
    "technical",
  ] as const),
  "pending",
];

function stepSightings(row: Row): StepSighting[] {
  return stepsOf(row).flatMap((step) => {
    const outcome = outcomeOf(step["authenticationStepResultDetail"]);
    const at = stepHappenedAt(step, row);
    if (!isFailedPrompt(outcome) || isTrue(step["succeeded"]) || at === null) {
      return [];
    } // 3. "`succeeded: true` is no denial"
    const second = Math.floor((instant(step["authenticationStepDateTime"]) ?? at) / 1000);
    return [
      {
        outcome,
        at,
        request: requestOf(row),
        address: addressOf(row),
        sequence: epochMs(step["RequestSequence"]),
        place: JSON.stringify([requestOf(row), text(step["authenticationMethod"]), second]),
      },
    ];
  });
}

function statusSighting(row: Row): Sighting[] {
  const outcome = outcomeOf(statusText(row));
  const at = rowHappenedAt(row);
  if (!isFailedPrompt(outcome) || at === null) {
    return [];
  }
  return [{ outcome, at, request: requestOf(row), address: addressOf(row) }];
}

/** 1. Candidates. */
function isCandidate(row: Row): boolean {
  const texts = [
    ...stepsOf(row).map((step) => step["authenticationStepResultDetail"]),
    statusText(row),
  ];
  return (
    resultTypeOf(row) === "500121" ||
    texts
      .map(outcomeOf)
      .some(
        (o) =>
          o === "denied" ||
          o === "fraudReported" ||
          o === "wrongNumber" ||
          o === "duplicateAttempt",
      )
  );
}

/** 2. "`IsInteractive` false (boolean or text, any case) or the non-interactive table or category"; missing: interactive */
function isInteractive(row: Row): boolean {
  return !(
    isFalse(row["IsInteractive"]) ||
    text(row["Type"]).toLowerCase() === "aadnoninteractiveusersigninlogs" ||
    text(row["Category"]).toLowerCase() === "noninteractiveusersigninlogs"
  );
}

/** 5. "request = `OriginalRequestId`, else `Id`"; a row with neither is known by its own content. */
function requestOf(row: Row): string {
  return (
    text(row["OriginalRequestId"]) ||
    text(row["Id"]) ||
    JSON.stringify([instant(row["CreatedDateTime"]), addressOf(row), text(row["AppId"])])
  );
}

/** 6. "`StatusSequence` (epoch ms) → `authenticationStepDateTime` → `CreatedDateTime` → `TimeGenerated`" */
function stepHappenedAt(step: Row, row: Row): number | null {
  return (
    epochMs(step["StatusSequence"]) ??
    instant(step["authenticationStepDateTime"]) ??
    rowHappenedAt(row)
  );
}

function rowHappenedAt(row: Row): number | null {
  return instant(row["CreatedDateTime"]) ?? instant(row["TimeGenerated"]);
}

/** 7. Who: the tenant, never the workspace (`TenantId`). */
function tenantOf(row: Row): string | null {
  return text(row["AADTenantId"]).toLowerCase() || null;
}

/** 7. Who: "lower-cased, trimmed `UserPrincipalName`; blank UPN falls back to `UserId`"; null: unattributable */
function userOf(row: Row): string | null {
  const name = text(row["UserPrincipalName"]).toLowerCase();
  const id = text(row["UserId"]).toLowerCase();
  return name || (id === "00000000-0000-0000-0000-000000000000" ? "" : id) || null;
}

function keyOf(row: Row): string {
  return JSON.stringify([tenantOf(row), userOf(row)]);
}

function addressOf(row: Row): string | null {
  return text(row["IPAddress"]).toLowerCase() || null;
}

function resultTypeOf(row: Row): string {
  return text(row["ResultType"]);
}

// ---------------------------------------------------------------------------------------------------------------
// Approvals

interface Approval {
  readonly at: number;
  readonly request: string;
  readonly address: string | null;
}

/** "a fresh MFA approval (`MFA successfully completed` step, or `MFA completed in Azure AD` status, on 0, 50140, 50199)" */
function approvalsIn(rows: readonly Row[]): Approval[] {
  const successes = rows.filter((row) => ["0", "50140", "50199"].includes(resultTypeOf(row)));
  const bySteps = successes.flatMap((row) =>
    approvalSteps(row).map((step) => approvalAt(stepHappenedAt(step, row), row)),
  );
  // The status speaks for a request only where no such row of that request carries an approval step.
  const byStatus = successes
    .filter((row) => normalise(statusText(row)) === "mfa completed in azure ad")
    .filter(
      (row) =>
        !successes.some(
          (other) => requestOf(other) === requestOf(row) && approvalSteps(other).length > 0,
        ),
    )
    .map((row) => approvalAt(rowHappenedAt(row), row));
  return [...bySteps, ...byStatus].flat();
}

function approvalSteps(row: Row): Row[] {
  return stepsOf(row).filter(
    (step) =>
      normalise(step["authenticationStepResultDetail"]) === "mfa successfully completed" &&
      !isFalse(step["succeeded"]),
  );
}

function approvalAt(at: number | null, row: Row): Approval[] {
  return at === null ? [] : [{ at, request: requestOf(row), address: addressOf(row) }];
}

type Match = "same-request" | "same-address" | "other";

/** "how it matches the denials": by any sighting of any denial of the burst */
function matchOf(approval: Approval, denials: readonly Prompt[]): Match {
  const sightings = denials.flatMap((denial) => denial.sightings);
  if (sightings.some((sighting) => sighting.request === approval.request)) {
    return "same-request";
  }
  if (
    approval.address !== null &&
    sightings.some((sighting) => sighting.address === approval.address)
  ) {
    return "same-address";
  }
  return "other";
}

function strongestThenEarliest(
  approvals: readonly { at: number; match: Match }[],
): { at: number; match: Match } | null {
  for (const match of ["same-request", "same-address", "other"] as const) {
    const times = approvals
      .filter((approval) => approval.match === match)
      .map((approval) => approval.at);
    if (times.length > 0) {
      return { at: Math.min(...times), match };
    }
  }
  return null;
}

// ---------------------------------------------------------------------------------------------------------------
// 3. What the text says: the table of mfa-outcomes.md

export type Outcome =
  | "denied"
  | "fraudReported"
  | "wrongNumber"
  | "noResponse"
  | "wrongCode"
  | "duplicateAttempt"
  | "blocked"
  | "technical"
  | "pending"
  | "challengeIssued"
  | "approved"
  | "satisfiedWithoutPrompt"
  | "firstFactor"
  | "unclassified";

/** Spellings of the beginning of a refusal. The meaning is in what follows. */
const prefixes = [
  "MFA denied; ",
  "MFA Denied, ",
  "MFA denied: ",
  "Azure Multi-Factor Authentication denied; ",
];

const afterPrefix: Partial<Record<Outcome, readonly string[]>> = {
  denied: ["user declined the authentication"],
  fraudReported: ["Phone App Reported Fraud", "Fraud Code Entered"],
  wrongNumber: ["user did not select the correct number"],
  noResponse: [
    "user did not respond to mobile app notification",
    "user never entered the verification code",
    "no phone input - timed out",
    "phone call went to voicemail",
    "unable to reach the user's phone",
    "user hung up the phone call without succeeding the authentication",
  ],
  wrongCode: [
    "invalid verification code",
    "user entered incorrect code",
    "invalid mobile app verification code",
    "user entered incorrect PIN",
    "entered incorrect code too many times",
    "verification code already used once",
  ],
  duplicateAttempt: ["duplicate authentication attempt"],
  blocked: ["user is blocked"],
  technical: [
    "invalid authentication",
    "misconfiguration",
    "service error",
    "user not found",
    "no verification methods registered",
    "unable to send the mobile app notification",
    "phone number has an invalid format",
  ],
};

const alone: Partial<Record<Outcome, readonly string[]>> = {
  denied: [
    "User denied the authentication",
    "User denied the request",
    "user declined the authentication",
  ],
  fraudReported: ["SuspiciousActivityReported"],
  noResponse: [
    "user never entered the verification code",
    "no phone input - timed out",
    "phone call went to voicemail",
    "unable to reach the user's phone",
    "user hung up the phone call without succeeding the authentication",
  ],
  wrongCode: [
    "user entered incorrect code",
    "invalid mobile app verification code",
    "user entered incorrect PIN",
    "entered incorrect code too many times",
    "verification code already used once",
  ],
  technical: [
    "invalid authentication",
    "misconfiguration",
    "service error",
    "user not found",
    "no verification methods registered",
    "unable to send the mobile app notification",
    "phone number has an invalid format",
  ],
  pending: ["Authentication in progress"],
  challengeIssued: [
    "MFA required in Azure AD",
    "registration prompted",
    "MFA has expired due to the policies configured on tenant",
    "MFA claim has expired due to the policies configured on tenant",
    "redirected to external provider",
  ],
  approved: ["MFA successfully completed", "MFA completed in Azure AD"],
  satisfiedWithoutPrompt: [
    "MFA requirement satisfied by claim in the token",
    "MFA requirement satisfied by claim provided by external provider",
    "MFA requirement satisfied by strong authentication",
    "MFA requirement skipped due to location",
    "MFA requirement skipped due to registered device",
    "MFA requirement skipped due to remembered device",
    "MFA requirement skipped due to app password",
    "MFA requirement skipped due to Windows broker",
  ],
  firstFactor: ["Correct password", "First factor requirement satisfied by claim in the token"],
  unclassified: [
    "Authentication failed during strong authentication request.", // leaked onto the password step
    "The user didn't complete the MFA prompt. They may have decided not to authenticate, timed out while doing other work, or has an issue with their authentication setup.",
    "User declined to consent to access the app.", // 65004: "declined" outside MFA
  ],
};

/** Every text that the oracle (and the arbitraries) know, as the table spells it. */
export const knownTexts: readonly { readonly text: string; readonly outcome: Outcome }[] = [
  ...entriesOf(afterPrefix).flatMap((entry) =>
    prefixes.map((prefix) => ({ text: prefix + entry.text, outcome: entry.outcome })),
  ),
  ...entriesOf(alone),
];

const outcomeByText = new Map(knownTexts.map((known) => [normalise(known.text), known.outcome]));

export function outcomeOf(value: unknown): Outcome {
  return outcomeByText.get(normalise(value)) ?? "unclassified";
}

/** "lower case, NBSP as blank, curly apostrophe as straight, runs of blanks as one, no trailing full stop, …" */
function normalise(value: unknown): string {
  return text(value)
    .toLowerCase()
    .replaceAll("\u00a0", " ")
    .replaceAll("’", "'")
    .replace(/ +/g, " ")
    .trim()
    .replace(/\.$/, "")
    .replaceAll("didn't", "did not")
    .replaceAll("doesn't", "does not");
}

/** An MFA challenge was put and not passed, or not yet. */
function isFailedPrompt(outcome: Outcome): boolean {
  return ranked.includes(outcome);
}

function entriesOf(
  table: Partial<Record<Outcome, readonly string[]>>,
): { text: string; outcome: Outcome }[] {
  return (Object.keys(table) as Outcome[]).flatMap((outcome) =>
    (table[outcome] ?? []).map((each) => ({ text: each, outcome })),
  );
}

// ---------------------------------------------------------------------------------------------------------------
// Shapes

/** `AuthenticationDetails`: an array, or text of one, once or twice encoded; else no steps. */
function stepsOf(row: Row): Row[] {
  const details = decoded(row["AuthenticationDetails"]);
  return Array.isArray(details) ? details.filter(isObject) : [];
}

/** `Status.additionalDetails`; `Status` is an object or text of one. */
function statusText(row: Row): unknown {
  const status = decoded(row["Status"]);
  return isObject(status) ? status["additionalDetails"] : undefined;
}

function decoded(value: unknown): unknown {
  if (typeof value !== "string") {
    return value;
  }
  try {
    return decoded(JSON.parse(value));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Trimmed text; "" for what is neither text nor number. */
function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

function isTrue(value: unknown): boolean {
  return value === true || text(value).toLowerCase() === "true";
}

function isFalse(value: unknown): boolean {
  return value === false || text(value).toLowerCase() === "false";
}

/** A sequence that is an epoch-milliseconds number, as number or text; password steps carry 0 or 1. */
function epochMs(value: unknown): number | null {
  const digits = text(value);
  const number = /^\d+$/.test(digits) ? Number(digits) : NaN;
  return number >= 1e12 && number <= 4.2e12 ? number : null;
}

/** ISO 8601 with `Z` or an offset and up to 7 fractional digits, cut to milliseconds; null when unreadable or absurd. */
function instant(value: unknown): number | null {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)$/.exec(
    text(value),
  );
  if (parts === null) {
    return null;
  }
  const [, seconds, fraction = "", zone] = parts;
  const at = Date.parse(`${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${zone}`);
  return at >= Date.UTC(2000, 0, 1) && at < Date.UTC(2100, 0, 1) ? at : null;
}

// ---------------------------------------------------------------------------------------------------------------
// Lists

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function splitWhere<T>(values: readonly T[], cut: (earlier: T, later: T) => boolean): T[][] {
  const parts: T[][] = [];
  let previous: T | undefined;
  for (const value of values) {
    const current = parts.at(-1);
    if (current === undefined || previous === undefined || cut(previous, value)) {
      parts.push([value]);
    } else {
      current.push(value);
    }
    previous = value;
  }
  return parts;
}

/** Ties beyond (trigger, user) can only be between tenants. */
function byTriggerThenUser(a: OracleFinding, b: OracleFinding): number {
  const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return (
    a.triggeredAt - b.triggeredAt ||
    order(a.user, b.user) ||
    order(a.tenantId ?? "", b.tenantId ?? "")
  );
}
