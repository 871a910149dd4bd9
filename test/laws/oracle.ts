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
  const { usable, whoIs } = accounted(rows);
  return distinct(usable.map((row) => JSON.stringify(whoIs(row))))
    .flatMap((key) =>
      findingsOfOneUser(
        usable.filter((row) => JSON.stringify(whoIs(row)) === key),
        JSON.parse(key) as OracleAccount,
        rule,
      ),
    )
    .toSorted(byTriggerThenUser);
}

/** 2. and 7.: what is non-interactive or belongs to nobody is set aside, for denials and approvals alike. */
function accounted(rows: readonly Row[]) {
  const usable = rows.filter((row) => isInteractive(row) && claimOf(row) !== null);
  const candidates = usable.filter((row) => isCandidate(row));
  const known = accountsIn(candidates);
  const nameless = candidates.map(known).filter(({ user }) => guidOf(user) === null);
  const ids = new Set(candidates.map((row) => known(row).user));
  // An id that approvals alone show for a name is the name's, where they show no other.
  const approving = usable.filter((row) => approvesAnything(row));
  const whoIs = (row: Row): OracleAccount => {
    const account = known(row);
    const owners = nameless.filter(({ tenantId, user }) => {
      const shown = distinct(
        approving
          .filter((other) => known(other).tenantId === tenantId && claimOf(other)?.name === user)
          .map((other) => known(other).user)
          .filter((other) => other !== user),
      );
      return tenantId === account.tenantId && shown.length === 1 && shown[0] === account.user;
    });
    return ids.has(account.user) ? account : (owners[0] ?? account);
  };
  return { usable, whoIs };
}

/**
 * What the accounts of some rows are called once more rows are known: "no name or tenant that later proves
 * ambiguous". Null where one account of the earlier rows is later several. Null also where a row without an id has a
 * name that had one id then and has several now, or where a row without a tenant comes with several tenants, of which
 * one was known then: the state keeps the one.
 */
export function renamed(
  earlier: readonly Row[],
  all: readonly Row[],
): ((finding: OracleFinding) => OracleFinding) | null {
  const { usable, whoIs } = accounted(earlier);
  const { usable: usableNow, whoIs: whoIsNow } = accounted(all);
  const claims = usableNow.flatMap((row) => claimOf(row) ?? []);
  const hasLostItsId = ({ id, name }: Claim) =>
    id === null && idsOf(name, usable).length === 1 && idsOf(name, usableNow).length > 1;
  const hasLostItsTenant = ({ tenantId }: Claim) =>
    tenantId === null && tenantsOf(usable).length === 1 && tenantsOf(usableNow).length > 1;
  if (claims.some((claim) => hasLostItsId(claim) || hasLostItsTenant(claim))) {
    return null;
  }
  const names = new Map<string, OracleAccount>();
  for (const row of usable) {
    const before = JSON.stringify(whoIs(row));
    const now = whoIsNow(row);
    const known = names.get(before) ?? now;
    if (JSON.stringify(known) !== JSON.stringify(now)) {
      return null;
    }
    names.set(before, now);
  }
  return (finding) => {
    const { tenantId, user } = finding;
    return { ...finding, ...names.get(JSON.stringify({ tenantId, user })) };
  };
}

function idsOf(name: string | null, rows: readonly Row[]): readonly string[] {
  const claims = rows.flatMap((row) => claimOf(row) ?? []);
  return distinct(claims.filter((claim) => claim.name === name).flatMap(({ id }) => id ?? []));
}

function tenantsOf(rows: readonly Row[]): readonly string[] {
  return distinct(rows.flatMap((row) => claimOf(row)?.tenantId ?? []));
}

function findingsOfOneUser(
  rows: readonly Row[],
  account: OracleAccount,
  rule: OracleRule,
): OracleFinding[] {
  const requestOf = requestsIn(rows);
  const approvals = approvalsIn(rows, requestOf);
  const denials = promptsIn(rows, requestOf)
    // 5. "A rule counts a prompt when any of its variants is an outcome that it counts."
    .filter((prompt) => prompt.outcomes.some((outcome) => rule.counted.includes(outcome)))
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
        tenantId: account.tenantId,
        user: account.user,
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

interface StatusSighting extends Sighting {
  /** The last denial step of its row. */
  readonly denialStep: StepSighting | null;
}

interface Prompt {
  readonly outcome: Outcome;
  readonly outcomes: readonly Outcome[];
  readonly at: number;
  readonly sightings: readonly Sighting[];
}

type RequestOf = (row: Row) => string;

/** All failed or pending prompts in one user's rows. */
function promptsIn(rows: readonly Row[], requestOf: RequestOf): Prompt[] {
  const candidates = rows.filter(isCandidate); // 1. "Only candidates classify, count, or suppress a fallback"
  const steps = candidates.flatMap((row) => stepSightings(row, requestOf));
  const statuses = candidates.flatMap((row) => statusSighting(row, requestOf));
  // 4. "every array of that request was cut off"; a row without steps has no array.
  const isAllCut = (request: string) =>
    candidates.every(
      (row) => requestOf(row) !== request || isCutOff(row) || stepsOf(row).length === 0,
    );
  const adds = statuses.filter((status) => {
    const rivals = steps.filter(
      (step) =>
        step.request === status.request && groupOf(step.outcome) === groupOf(status.outcome),
    );
    const isRefusal = groupOf(status.outcome) === "denied";
    return (
      rivals.length === 0 ||
      (isRefusal &&
        isAllCut(status.request) &&
        rivals.every((step) => Math.abs(step.at - status.at) > 60_000))
    );
  });
  // "A Status that says fraud lends its class to the last denial step of its row instead of being dropped."
  const lent = statuses.flatMap((status) =>
    status.outcome === "fraudReported" && status.denialStep !== null && !adds.includes(status)
      ? [status.denialStep]
      : [],
  );
  return [...promptsOfSteps(steps, lent), ...promptsOfStatus(adds)];
}

/** 5. Same prompt, several rows. `reported`: steps that turn out to be fraud reports. */
function promptsOfSteps(
  steps: readonly StepSighting[],
  reported: readonly StepSighting[],
): Prompt[] {
  // "`RequestSequence` where it is an epoch-milliseconds number"
  const sequenced = steps.filter((step) => step.sequence !== null);
  const identityOf = (step: StepSighting) => {
    if (step.sequence !== null) {
      return `sequence ${step.sequence}`;
    }
    // "A step without sequence equals one with it for the same request, method and second; of several, the one of the
    // same outcome", and the lowest where that leaves a choice
    const here = sequenced.filter((other) => other.place === step.place);
    const same = here.filter((other) => other.outcome === step.outcome);
    const sequences = (same.length > 0 ? same : here).map((other) => other.sequence ?? Infinity);
    // "otherwise (request, method, whole second)"
    return sequences.length > 0 ? `sequence ${Math.min(...sequences)}` : `place ${step.place}`;
  };
  const fraud = reported.map(identityOf);
  return distinct(steps.map(identityOf)).map((identity) =>
    resolve(
      steps.filter((step) => identityOf(step) === identity),
      fraud.includes(identity) ? ["fraudReported"] : [],
    ),
  );
}

/** 4. Status as fallback: one per request. */
function promptsOfStatus(statuses: readonly Sighting[]): Prompt[] {
  const slotOf = (sighting: Sighting) =>
    JSON.stringify([sighting.request, groupOf(sighting.outcome)]);
  return distinct(statuses.map(slotOf)).map((slot) =>
    resolve(statuses.filter((status) => slotOf(status) === slot)),
  );
}

/** A refusal and a fraud report stand for each other; every other outcome only for itself. */
function groupOf(outcome: Outcome): string {
  return outcome === "fraudReported" ? "denied" : outcome;
}

/**
 * 5. "Variants of one prompt resolve: fraudReported > denied > other final outcome > pending; the earliest time of its
 * final variants". Among the other final outcomes the contract sets no order; the table's is taken, so that the result
 * has one.
 */
function resolve(variants: readonly Sighting[], more: readonly Outcome[] = []): Prompt {
  const outcomes = [...variants.map((variant) => variant.outcome), ...more];
  const final = variants.filter((variant) => variant.outcome !== "pending");
  return {
    outcome: ranked.find((outcome) => outcomes.includes(outcome)) ?? "pending",
    outcomes,
    at: Math.min(...(final.length > 0 ? final : variants).map((variant) => variant.at)),
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

function stepSightings(row: Row, requestOf: RequestOf): StepSighting[] {
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

function statusSighting(row: Row, requestOf: RequestOf): StatusSighting[] {
  const outcome = outcomeOf(statusText(row));
  const at = rowHappenedAt(row);
  if (!isFailedPrompt(outcome) || at === null) {
    return [];
  }
  const denialStep =
    stepSightings(row, requestOf).findLast((step) => groupOf(step.outcome) === "denied") ?? null;
  return [{ outcome, at, request: requestOf(row), address: addressOf(row), denialStep }];
}

/** 1. Candidates. */
function isCandidate(row: Row): boolean {
  const texts = [
    ...stepsOf(row).map((step) => step["authenticationStepResultDetail"]),
    statusText(row),
  ];
  // "can mean a denial": also "MFA denied" for a reason that the table does not know.
  const mayBeUnknownDenial = (each: unknown) =>
    outcomeOf(each) === "unclassified" && normalise(each).startsWith("mfa denied");
  return (
    resultTypeOf(row) === "500121" ||
    texts.some(mayBeUnknownDenial) ||
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

/**
 * 5. "request = `OriginalRequestId`, else `Id`; the two are aliases: a row without the former takes that of any row with
 * its `Id`" (the smallest, where there are several); a row with neither is known by its own content.
 */
function requestsIn(rows: readonly Row[]): RequestOf {
  const candidates = rows.filter((row) => isCandidate(row) || approvesAnything(row));
  return (row) => {
    const original = text(row["OriginalRequestId"]);
    const id = text(row["Id"]);
    const others = candidates
      .filter((other) => text(other["Id"]) === id && id !== "")
      .map((other) => text(other["OriginalRequestId"]))
      .filter((each) => each !== "" && each !== id);
    return (
      original ||
      others.toSorted()[0] ||
      id ||
      JSON.stringify([instant(row["CreatedDateTime"]), addressOf(row), text(row["AppId"])])
    );
  };
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

interface OracleAccount {
  readonly tenantId: string | null;
  readonly user: string;
}

interface Claim {
  readonly tenantId: string | null;
  readonly id: string | null;
  readonly name: string | null;
}

/** 7. Who, by one row alone; null: "neither id nor real name". */
function claimOf(row: Row): Claim | null {
  // "never Log Analytics' `TenantId`, which is the workspace"
  const tenantId = text(row["AADTenantId"]).toLowerCase() || null;
  const called = text(row["UserPrincipalName"]).toLowerCase();
  // "a name that is a GUID is the object id"
  const id = guidOf(text(row["UserId"]).toLowerCase()) ?? guidOf(called);
  const name = called === "" || isGuid(called) || called.includes("{pii removed}") ? null : called;
  return id === null && name === null ? null : { tenantId, id, name };
}

function isGuid(value: string): boolean {
  const groups = value.split("-");
  return (
    groups.map((group) => group.length).join() === "8,4,4,4,12" &&
    groups
      .join("")
      .split("")
      .every((digit) => "0123456789abcdef".includes(digit))
  );
}

/** "a GUID other than all zeros" */
function guidOf(value: string): string | null {
  return isGuid(value) && value.replaceAll("0", "").replaceAll("-", "") !== "" ? value : null;
}

/** 7. "A row without object id belongs to the one id that its name has in the rows read" */
function accountsIn(rows: readonly Row[]): (row: Row) => OracleAccount {
  const claims = rows.flatMap((row) => claimOf(row) ?? []);
  // "unnamed: the tenant that the other rows name, when that is exactly one, else unknown"
  const tenants = distinct(claims.flatMap(({ tenantId }) => tenantId ?? []));
  const tenantOf = (claim: Claim) =>
    claim.tenantId ?? (tenants.length === 1 ? (tenants[0] ?? null) : null);
  return (row) => {
    const claim = claimOf(row) ?? { tenantId: null, id: null, name: "" };
    const tenantId = tenantOf(claim);
    const ids = distinct(
      claims
        .filter((other) => other.name === claim.name && tenantOf(other) === tenantId)
        .flatMap(({ id }) => id ?? []),
    );
    const only = ids.length === 1 ? ids[0] : undefined;
    return { tenantId, user: claim.id ?? only ?? claim.name ?? "" };
  };
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
function approvalsIn(rows: readonly Row[], requestOf: RequestOf): Approval[] {
  const at = (time: number | null, row: Row): Approval[] =>
    time === null ? [] : [{ at: time, request: requestOf(row), address: addressOf(row) }];
  return rows.filter(isSuccess).flatMap((row) => {
    const steps = approvalSteps(row).flatMap((step) => at(stepHappenedAt(step, row), row));
    // 4. "silenced only by an approval step of its own row, and not where that array was cut off"
    const isSilenced = steps.length > 0 && !isCutOff(row);
    return !isSilenced && approvesByStatus(row)
      ? [...steps, ...at(rowHappenedAt(row), row)]
      : steps;
  });
}

function isSuccess(row: Row): boolean {
  return ["0", "50140", "50199"].includes(resultTypeOf(row));
}

function approvesAnything(row: Row): boolean {
  return isSuccess(row) && (approvesByStatus(row) || approvalSteps(row).length > 0);
}

function approvesByStatus(row: Row): boolean {
  const said = normalise(statusText(row));
  return said === "mfa completed in azure ad" || said === "mfa completed in the cloud";
}

function approvalSteps(row: Row): Row[] {
  return stepsOf(row).filter(
    (step) =>
      normalise(step["authenticationStepResultDetail"]) === "mfa successfully completed" &&
      !isFalse(step["succeeded"]),
  );
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
  pending: ["authentication in-progress"],
  fraudReported: ["Phone App Reported Fraud", "Fraud Code Entered"],
  wrongNumber: ["user did not select the correct number"],
  noResponse: [
    "user did not respond to mobile app notification",
    "user did not respond to push notification",
    "phone unreachable",
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
    "user does not have any verification methods registered",
    "unable to send the mobile app notification",
    "phone number has an invalid format",
  ],
};

const alone: Partial<Record<Outcome, readonly string[]>> = {
  denied: [
    "MFA denied by user",
    "MFA denied (user declined the authentication)",
    "User denied the authentication",
    "User denied the request",
    "user declined the authentication",
  ],
  fraudReported: ["SuspiciousActivityReported", "MFA denied (fraud code reported)"],
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
  approved: [
    "MFA successfully completed",
    "MFA completed in Azure AD",
    "MFA completed in the cloud",
  ],
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
    "MFA denied by user policy",
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

/** `AuthenticationDetails`: an array, or text of one, once or twice encoded, or its beginning; else no steps. */
function stepsOf(row: Row): Row[] {
  const details = isCutOff(row)
    ? wholeSteps(text(row["AuthenticationDetails"]))
    : decoded(row["AuthenticationDetails"]);
  return Array.isArray(details) ? details.filter(isObject) : [];
}

/** Text that begins as an array and does not end as one. */
function isCutOff(row: Row): boolean {
  const details = text(row["AuthenticationDetails"]);
  return details.startsWith("[") && decoded(details) === undefined;
}

function wholeSteps(details: string): unknown {
  for (let end = details.lastIndexOf("}"); end > 0; end = details.lastIndexOf("}", end - 1)) {
    const steps = decoded(`${details.slice(0, end + 1)}]`);
    if (steps !== undefined) {
      return steps;
    }
  }
  return [];
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
  return value === true || ["true", "1"].includes(text(value).toLowerCase());
}

function isFalse(value: unknown): boolean {
  return value === false || ["false", "0"].includes(text(value).toLowerCase());
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
export function byTriggerThenUser(a: OracleFinding, b: OracleFinding): number {
  const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return (
    a.triggeredAt - b.triggeredAt ||
    order(a.user, b.user) ||
    order(a.tenantId ?? "", b.tenantId ?? "")
  );
}
