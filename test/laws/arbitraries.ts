/**
 * Small sets of rows that are hostile but plausible, for the laws.
 *
 * Few people, few requests, few moments: so that prompts meet. Moments lie on the marks of the windows that rules use,
 * or a millisecond beside them. A request is a *plan* (prompts in order) with several rows that show more and more of
 * it, as real step arrays accumulate; each row has a dialect of its own. One set in four is plain but for its times.
 *
 * Texts come from the table of the oracle, in the spellings that mfa-outcomes.md tells of. What the contract leaves
 * open is not generated: details that are cut off, two spellings of one request id or method, times without a zone,
 * rows without any readable time, bare refusals ("MFA denied" and nothing else).
 */
import fc from "fast-check";

import { alice, bob, stamp, time } from "../builders.ts";
import { knownTexts } from "./oracle.ts";
import type { OracleRule, Outcome, Row } from "./oracle.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Start of a bucket for every window that divides the hour. */
const start = time("09:00:00");

// ---------------------------------------------------------------------------------------------------------------
// Moments

/** Mostly on the mark, else a millisecond beside it, else anywhere near. */
const beside: fc.Arbitrary<number> = oneOf([
  [8, fc.constant(0)],
  [2, fc.constantFrom(1, -1)],
  [1, fc.integer({ min: -2 * second, max: 2 * second })],
]);

/** Milliseconds of day: near each other, exactly a window apart, or one millisecond beside it. */
const moment: fc.Arbitrary<number> = fc
  .tuple(
    oneOf([
      // The marks of every window that is a multiple of five minutes.
      [6, fc.nat({ max: 4 }).map((marks) => marks * 5 * minute)],
      [4, fc.constantFrom(0, 1, 7 * second, 10 * second, minute, 2 * minute, 6 * minute)],
      [1, fc.constantFrom(60 * minute, 75 * minute, 2 * hour, 23 * hour)],
    ]),
    oneOf([
      [3, fc.constant(0)],
      [1, fc.constantFrom(1 * second, 7 * second, 10 * second, minute)],
    ]),
    beside,
  )
  .map(([mark, after, off]) => start + mark + after + off);

// ---------------------------------------------------------------------------------------------------------------
// Texts

const textsOf = (outcome: Outcome) =>
  knownTexts.filter((known) => known.outcome === outcome).map((known) => known.text);

/** As it is, or as it has been met: another case, NBSP, a curly apostrophe, "didn't", blanks, a trailing full stop. */
const spelling: fc.Arbitrary<(text: string) => string> = oneOf<(text: string) => string>([
  [8, fc.constant((text) => text)],
  [1, fc.constant((text) => text.toLowerCase())],
  [1, fc.constant((text) => text.toUpperCase())],
  [1, fc.constant((text) => text.replaceAll(" ", "\u00a0"))],
  [1, fc.constant((text) => text.replace(" ", "  ").replace("did not", "didn't"))],
  [1, fc.constant((text) => text.replaceAll("'", "’").replace("did not", "didn’t"))],
  [1, fc.constant((text) => `${text.replace(/\.$/, "")}.`)],
  [1, fc.constant((text) => ` ${text}\u00a0`)],
]);

function spelt(...outcomes: readonly Outcome[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...outcomes.map((outcome) => fc.constantFrom(...textsOf(outcome)))),
      spelling,
    )
    .chain(([texts, spell]) => texts.map(spell));
}

const anyText = fc
  .tuple(fc.constantFrom(...knownTexts), spelling)
  .map(([known, spell]) => spell(known.text));
const stepTexts: fc.Arbitrary<string | undefined> = oneOf<string | undefined>([
  [16, spelt("denied")],
  [1, spelt("fraudReported")],
  [
    6,
    spelt(
      "wrongNumber",
      "duplicateAttempt",
      "wrongNumber",
      "noResponse",
      "wrongCode",
      "duplicateAttempt",
      "blocked",
      "technical",
    ),
  ],
  [1, spelt("pending")],
  [1, spelt("challengeIssued", "satisfiedWithoutPrompt", "firstFactor", "unclassified")],
  [1, fc.constant(undefined)],
]);

// ---------------------------------------------------------------------------------------------------------------
// Prompts: what happened, before any row shows it

interface PromptPlan {
  readonly answeredAt: number;
  readonly took: number;
  readonly text: string | undefined;
  readonly method: string | null | undefined;
  readonly succeeded: unknown;
}

const prompt: fc.Arbitrary<PromptPlan> = fc.record({
  answeredAt: moment,
  took: fc.constantFrom(12 * second, 400, 1, 0),
  text: stepTexts,
  method: oneOf<string | null | undefined>([
    [8, fc.constant("Mobile app notification")],
    [2, fc.constant("Phone call approval (Authentication phone)")],
    [1, fc.constantFrom(null, undefined, "")],
  ]),
  succeeded: oneOf<unknown>([
    [12, fc.constant(false)],
    [2, fc.constantFrom("false", "False", null, undefined)],
    [1, fc.constantFrom(true, "true", "True")],
  ]),
});

interface ApprovalPlan {
  readonly at: number;
  readonly form: "step" | "status" | "both";
  /** An approval is one only on a row that succeeds; the odd one on another row must raise nothing. */
  readonly resultType: string | number;
  readonly succeeded: unknown;
  readonly spell: (text: string) => string;
}

const approval: fc.Arbitrary<ApprovalPlan> = fc.record({
  at: fc.tuple(moment, fc.constantFrom(0, hour, hour + 1)).map(([at, later]) => at + later),
  form: fc.constantFrom("step", "status", "both"),
  resultType: oneOf<string | number>([
    [7, fc.constantFrom("0", 0, "50140", 50_140, "50199", 50_199)],
    [1, fc.constantFrom("500121", "50074", "53003")],
  ]),
  succeeded: oneOf<unknown>([
    [5, fc.constant(true)],
    [2, fc.constantFrom("true", undefined, null)],
    [1, fc.constantFrom(false, "false", "FALSE")],
  ]),
  spell: spelling,
});

// ---------------------------------------------------------------------------------------------------------------
// Rows: how one row shows a request

type StepDialect = "sequences" | "texts" | "none" | "small" | "asked" | "answered";
type StepTime = "whole" | "next" | "fraction" | "offset" | "missing" | "absurd";
type DetailsShape =
  "text" | "pretty" | "array" | "twice" | "cut" | "empty text" | "empty array" | "missing";
type TimeStyle = (at: number) => string;

/** By what a row calls its person: name and id, one of them, the id twice, a later name, or a masked one. */
type Called = "both" | "no id" | "id as name" | "renamed" | "masked";

interface RowPlan {
  /** How many of the request's prompts this row has; the last of them perhaps still pending. */
  readonly shown: number;
  readonly lastPending: boolean;
  readonly approval: ApprovalPlan | null;
  readonly resultType: string | number;
  readonly statusText: string | null | undefined;
  readonly statusShape: "object" | "text" | "missing" | "empty";
  readonly dialect: StepDialect;
  readonly stepTime: StepTime;
  readonly details: DetailsShape;
  readonly withPassword: boolean;
  readonly origin: Readonly<Record<string, unknown>>;
  readonly spellName: (name: string) => string | null | undefined;
  readonly called: Called;
  readonly created: "as it is" | "missing" | "absurd";
  readonly style: TimeStyle;
  readonly latency: number;
  readonly address: string | null;
  readonly copies: 1 | 2;
  /** Rows come in the order of this number, not of their times. */
  readonly turn: number;
}

const timeStyle: fc.Arbitrary<TimeStyle> = oneOf<TimeStyle>([
  [4, fc.constant(stamp)],
  [1, fc.constant((at) => new Date(at).toISOString())],
  [1, fc.constant((at) => new Date(at).toISOString().replace("Z", "9999Z"))],
  [1, fc.constant((at) => new Date(at).toISOString().replace("Z", "+00:00"))],
  [1, fc.constant((at) => new Date(at + 2 * hour).toISOString().replace("Z", "1234+02:00"))],
  [1, fc.constant((at) => new Date(at - 5.5 * hour).toISOString().replace("Z", "-05:30"))],
]);

const origin: fc.Arbitrary<Readonly<Record<string, unknown>>> = oneOf<
  Readonly<Record<string, unknown>>
>([
  [14, fc.constant({ IsInteractive: true })],
  [1, fc.constantFrom({ IsInteractive: "true" }, { IsInteractive: "TRUE" })],
  // The NPS extension and AD FS leave the column out.
  [2, fc.constantFrom({}, { IsInteractive: null }, { IsInteractive: "" })],
  [
    1,
    fc.constantFrom(
      { IsInteractive: false },
      { IsInteractive: "False" },
      { IsInteractive: "false" },
      { Type: "AADNonInteractiveUserSignInLogs", Category: "NonInteractiveUserSignInLogs" },
      { IsInteractive: true, Type: "AADNonInteractiveUserSignInLogs" },
      { Category: "NonInteractiveUserSignInLogs" },
    ),
  ],
]);

const spellName: fc.Arbitrary<(name: string) => string | null | undefined> = oneOf<
  (name: string) => string | null | undefined
>([
  [12, fc.constant((name) => name)],
  [2, fc.constant((name) => name.toUpperCase())],
  [1, fc.constant((name) => ` ${name.replace("c", "C")} `)],
  [
    1,
    fc.constantFrom<(name: string) => string | null | undefined>(
      () => "",
      () => "  ",
      () => null,
      () => undefined,
    ),
  ],
]);

const resultType: fc.Arbitrary<string | number> = oneOf<string | number>([
  [9, fc.constant("500121")],
  [1, fc.constant(500_121)],
  [3, fc.constantFrom("0", 0, "50140", 50_140, "50199")],
  [1, fc.constantFrom("50074", 50_074, "65004")],
]);

const addresses = ["203.0.113.10", "192.0.2.7", "198.51.100.23", "2001:DB8::7"];
const address: fc.Arbitrary<string | null> = oneOf<string | null>([
  [8, fc.constant("the request's")],
  [2, fc.constantFrom(...addresses)],
  [1, fc.constantFrom(" 203.0.113.10", "2001:db8::7", "", null)],
]);

const rowFields = {
  shown: oneOf([
    [3, fc.constant(9)],
    [2, fc.nat({ max: 4 })],
  ]),
  lastPending: weighted(1, 6),
  approval: oneOf<ApprovalPlan | null>([
    [5, fc.constant(null)],
    [1, approval],
  ]),
  resultType,
  statusText: oneOf<string | null | undefined>([
    [4, fc.constantFrom(undefined, null, "")],
    [4, spelt("denied")],
    [2, anyText],
  ]),
  statusShape: oneOf<RowPlan["statusShape"]>([
    [6, fc.constant("object")],
    [2, fc.constant("text")],
    [1, fc.constantFrom("missing", "empty")],
  ]),
  dialect: oneOf<StepDialect>([
    [8, fc.constant("sequences")],
    [3, fc.constant("none")],
    [2, fc.constantFrom("texts", "small", "asked", "answered")],
  ]),
  stepTime: oneOf<StepTime>([
    [8, fc.constant("whole")],
    [1, fc.constantFrom("next", "fraction", "offset", "missing", "absurd")],
  ]),
  details: oneOf<DetailsShape>([
    [8, fc.constant("text")],
    [3, fc.constantFrom("pretty", "array", "twice")],
    [1, fc.constantFrom("cut", "empty text", "empty array", "missing")],
  ]),
  withPassword: weighted(1, 2),
  origin,
  spellName,
  called: oneOf<Called>([
    [12, fc.constant("both")],
    [2, fc.constant("no id")],
    [1, fc.constantFrom("id as name", "renamed", "masked")],
  ]),
  created: oneOf<RowPlan["created"]>([
    [8, fc.constant("as it is")],
    [1, fc.constantFrom("missing", "absurd")],
  ]),
  style: timeStyle,
  latency: fc.constantFrom(2 * minute, 12 * minute, 0, 47 * hour),
  address,
  copies: oneOf<1 | 2>([
    [8, fc.constant(1)],
    [1, fc.constant(2)],
  ]),
  turn: fc.nat({ max: 99 }),
};
const rowPlan: fc.Arbitrary<RowPlan> = fc.record(rowFields);
const approvingRow: fc.Arbitrary<RowPlan> = fc.record({ ...rowFields, approval });

interface RequestPlan {
  readonly person: { readonly name: string; readonly id: string | null | undefined };
  readonly tenant: string | null | undefined;
  readonly request: string;
  readonly ids:
    "both" | "Id" | "OriginalRequestId" | "blank original" | "retried" | "blank" | "neither";
  readonly startedAt: number;
  readonly address: string;
  readonly app: string;
  readonly prompts: readonly PromptPlan[];
  readonly rows: readonly RowPlan[];
}

const nobody = "00000000-0000-0000-0000-000000000000";

function requestIds(...numbers: readonly number[]): fc.Arbitrary<string> {
  return fc.constantFrom(...numbers.map((each) => `6513270e-269e-0d37-f2a7-00000000000${each}`));
}

const requestFields = {
  person: oneOf<RequestPlan["person"]>([
    [18, fc.constant(alice)],
    [3, fc.constant(bob)],
    // A guest whose name is missing keeps the id; the last two leave nobody when the name is missing too.
    [
      1,
      fc.constantFrom(
        { name: "", id: alice.id },
        { name: alice.name, id: nobody },
        // Another person under a name that was Alice's.
        { name: alice.name, id: "00000000-0000-0000-0000-000000000a1d" },
        { name: "", id: undefined },
        { name: "  ", id: nobody },
      ),
    ],
  ]),
  tenant: oneOf<string | null | undefined>([
    [18, fc.constant("00000000-0000-0000-0000-0000000000cc")],
    [1, fc.constant(" 00000000-0000-0000-0000-0000000000CC")],
    [1, fc.constantFrom("00000000-0000-0000-0000-0000000000dd", "", null, undefined)],
  ]),
  request: requestIds(1, 2, 3, 4, 5),
  ids: oneOf<RequestPlan["ids"]>([
    [8, fc.constant("both")],
    [2, fc.constantFrom("Id", "OriginalRequestId", "blank original", "retried")],
    [1, fc.constantFrom("neither", "blank")],
  ]),
  startedAt: moment,
  address: fc.constantFrom(...addresses),
  app: fc.constantFrom(
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    "00000003-0000-0000-c000-000000000000",
  ),
};

const request: fc.Arbitrary<RequestPlan> = oneOf<RequestPlan>([
  [
    5,
    fc.record({
      ...requestFields,
      prompts: fc.array(prompt, { minLength: 1, maxLength: 5, size: "max" }),
      rows: fc.array(rowPlan, { minLength: 1, maxLength: 3 }),
    }),
  ],
  // Nothing but what the status says.
  [
    1,
    fc.record({
      ...requestFields,
      prompts: fc.constant<PromptPlan[]>([]),
      rows: fc.array(rowPlan, { minLength: 1, maxLength: 2 }),
    }),
  ],
  // Another sign-in, which the user approves.
  [
    2,
    fc.record({
      ...requestFields,
      request: requestIds(6, 7, 8),
      prompts: fc.constant<PromptPlan[]>([]),
      rows: fc.array(approvingRow, { minLength: 1, maxLength: 2 }),
    }),
  ],
]);

// ---------------------------------------------------------------------------------------------------------------
// Sharp edges: plain rows whose times alone are hostile

/** What a prompt is after the one before it: at most a window, exactly one, or a millisecond more or less. */
const gap: fc.Arbitrary<number> = oneOf([
  [3, fc.constantFrom(5 * minute, 7.5 * minute)],
  [2, fc.constantFrom(10 * minute, 15 * minute, 15 * minute + 1, 15 * minute - 1)],
  [2, fc.constantFrom(1, 10 * second, minute)],
  [1, fc.constantFrom(30 * minute, 60 * minute)],
]);

const plainRow: RowPlan = {
  shown: 1,
  lastPending: false,
  approval: null,
  resultType: "500121",
  statusText: undefined,
  statusShape: "object",
  dialect: "sequences",
  stepTime: "whole",
  details: "text",
  withPassword: false,
  origin: { IsInteractive: true },
  spellName: (name) => name,
  called: "both",
  created: "as it is",
  style: stamp,
  latency: 2 * minute,
  address: "the request's",
  copies: 1,
  turn: 0,
};

const sharpEdges: fc.Arbitrary<readonly RequestPlan[]> = fc
  .record({
    startsOff: fc.constantFrom(0, 1, -1),
    address: fc.constantFrom("203.0.113.10", "2001:db8::7", ""),
    gaps: fc.array(gap, { minLength: 2, maxLength: 7, size: "max" }),
    text: spelt("denied"),
    approvedAfter: fc.record({
      denial: fc.nat({ max: 7 }),
      by: fc.constantFrom(
        0,
        1,
        -1,
        ...[-1, 0, 1].flatMap((off) => [hour + off, 10 * minute + off]),
      ),
      address: fc.constantFrom("203.0.113.10", "2001:DB8::7 ", "", "192.0.2.7"),
      none: weighted(1, 1),
    }),
  })
  .map(({ startsOff, address: from, gaps, text, approvedAfter }) => {
    const times = [start + startsOff];
    for (const each of gaps) {
      times.push((times.at(-1) ?? start) + each);
    }
    const approvedAt = (times[approvedAfter.denial] ?? times.at(-1) ?? start) + approvedAfter.by;
    const approving: RowPlan = {
      ...plainRow,
      approval: {
        at: approvedAt,
        form: "step",
        resultType: "0",
        succeeded: true,
        spell: (each) => each,
      },
    };
    return [
      ...times.map((at, i) => plainRequest(i, at, from, text, plainRow)),
      ...(approvedAfter.none
        ? []
        : [plainRequest(99, approvedAt, approvedAfter.address, undefined, approving)]),
    ];
  });

function plainRequest(
  number: number,
  at: number,
  from: string,
  text: string | undefined,
  ...rows: readonly RowPlan[]
): RequestPlan {
  return {
    person: alice,
    tenant: "00000000-0000-0000-0000-0000000000cc",
    request: `6513270e-269e-0d37-f2a7-0000000000${String(number).padStart(2, "0")}`,
    ids: "both",
    startedAt: at,
    address: from,
    app: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    prompts: [
      {
        answeredAt: at,
        took: 12 * second,
        text,
        method: "Mobile app notification",
        succeeded: false,
      },
    ],
    rows,
  };
}

// ---------------------------------------------------------------------------------------------------------------
// From plans to rows

function toRow(plan: RequestPlan, row: RowPlan): Row {
  // Without request ids a row is known by created time, address and app: those stay as they are then.
  const anonymous = plan.ids === "neither" || plan.ids === "blank";
  const created = anonymous ? "as it is" : row.created;
  const style = anonymous ? stamp : row.style;
  return filled({
    TenantId: "00000000-0000-0000-0000-0000000000aa",
    Type: "SigninLogs",
    Category: "SignInLogs",
    TimeGenerated: row.style(plan.startedAt + row.latency),
    CreatedDateTime: {
      "as it is": style(plan.startedAt),
      missing: undefined,
      absurd: "0001-01-01T00:00:00Z",
    }[created],
    ResultType: resultTypeOf(row),
    ...idsOf(plan, row),
    CorrelationId: "d23f0824-128b-2f33-0c5c-7fd0a6a3a450",
    ...calledBy(plan, row),
    AADTenantId: plan.tenant,
    IPAddress: anonymous || row.address === "the request's" ? plan.address : row.address,
    AppId: plan.app,
    ...row.origin,
    Status: statusOf(row),
    AuthenticationDetails: shaped(stepsOf(plan, row), row.details),
  });
}

function calledBy({ person }: RequestPlan, row: RowPlan): Row {
  const { name, id } = person;
  switch (row.called) {
    case "both":
      return { UserPrincipalName: row.spellName(name), UserId: id };
    case "no id":
      return { UserPrincipalName: row.spellName(name) };
    case "id as name":
      return { UserPrincipalName: id, UserId: id };
    case "renamed":
      return { UserPrincipalName: row.spellName(`new.${name}`), UserId: id };
    case "masked":
      return { UserPrincipalName: "{PII Removed}@fabrikam.com", UserId: id };
  }
}

function resultTypeOf(row: RowPlan): string | number {
  return row.approval?.resultType ?? row.resultType;
}

function idsOf(plan: RequestPlan, row: RowPlan): Readonly<Record<string, unknown>> {
  switch (plan.ids) {
    case "both":
      return { Id: plan.request, OriginalRequestId: plan.request };
    case "Id":
      return { Id: plan.request };
    case "OriginalRequestId":
      return { OriginalRequestId: plan.request };
    case "blank original":
      return { Id: plan.request, OriginalRequestId: "  " };
    case "retried":
      return {
        Id: `6513270e-269e-0d37-f2a7-0000000001${String(row.turn).padStart(2, "0")}`,
        OriginalRequestId: plan.request,
      };
    case "neither":
      return {};
    case "blank":
      return { Id: "", OriginalRequestId: null };
  }
}

function statusOf(row: RowPlan): unknown {
  const approving = row.approval !== null && row.approval.form !== "step";
  const details = approving ? row.approval.spell("MFA completed in Azure AD") : row.statusText;
  const status = filled({ errorCode: Number(resultTypeOf(row)), additionalDetails: details });
  return { object: status, text: JSON.stringify(status), missing: undefined, empty: "" }[
    row.statusShape
  ];
}

function stepsOf(plan: RequestPlan, row: RowPlan): readonly Row[] {
  const prompts = plan.prompts.slice(0, row.shown);
  const password = {
    authenticationStepDateTime: stamp(plan.startedAt),
    authenticationMethod: "Password",
    succeeded: true,
    authenticationStepResultDetail: "Correct password",
    StatusSequence: 0,
    RequestSequence: 1,
  };
  const steps = prompts.map((each, i) =>
    toStep(row, each, row.lastPending && i === prompts.length - 1),
  );
  const fresh = row.approval;
  const approving =
    fresh === null || fresh.form === "status"
      ? []
      : [
          toStep(row, {
            answeredAt: fresh.at,
            took: 12 * second,
            text: fresh.spell("MFA successfully completed"),
            method: "Mobile app notification",
            succeeded: fresh.succeeded,
          }),
        ];
  return [...(row.withPassword ? [password] : []), ...steps, ...approving];
}

/** A prompt as a snapshot taken before the answer shows it (`pending`), or as it ended. */
function toStep(row: RowPlan, plan: PromptPlan, isPending = false): Row {
  const asked = plan.answeredAt - plan.took;
  const at = isPending ? asked : plan.answeredAt;
  return filled({
    authenticationStepDateTime: stepTimeOf(row.stepTime, at),
    authenticationMethod: plan.method,
    succeeded: isPending ? false : plan.succeeded,
    authenticationStepResultDetail: isPending ? "Authentication in progress" : plan.text,
    ...sequencesOf(row.dialect, asked, at),
  });
}

function stepTimeOf(kind: StepTime, at: number): string | undefined {
  const whole = Math.floor(at / second) * second;
  switch (kind) {
    case "whole":
      return new Date(whole).toISOString().replace(".000Z", "+00:00");
    case "next": // another clock: not the second of the sequence
      return stamp(whole + second);
    case "fraction":
      return stamp(at);
    case "offset":
      return new Date(whole + hour).toISOString().replace(".000Z", "+01:00");
    case "missing":
      return undefined;
    case "absurd":
      return "0001-01-01T00:00:00+00:00";
  }
}

function sequencesOf(
  dialect: StepDialect,
  asked: number,
  answered: number,
): Readonly<Record<string, unknown>> {
  switch (dialect) {
    case "sequences":
      return { StatusSequence: answered, RequestSequence: asked };
    case "texts":
      return { StatusSequence: String(answered), RequestSequence: String(asked) };
    case "none":
      return {};
    case "small":
      return { StatusSequence: 0, RequestSequence: 1 };
    case "asked":
      return { RequestSequence: asked };
    case "answered":
      return { StatusSequence: answered };
  }
}

function shaped(steps: readonly Row[], shape: DetailsShape): unknown {
  switch (shape) {
    case "text":
      return JSON.stringify(steps);
    case "pretty":
      return JSON.stringify(steps, null, 2);
    case "array":
      return steps;
    case "twice":
      return JSON.stringify(JSON.stringify(steps));
    case "cut":
      return JSON.stringify(steps).slice(0, -20);
    case "empty text":
      return "";
    case "empty array":
      return "[]";
    case "missing":
      return undefined;
  }
}

// ---------------------------------------------------------------------------------------------------------------
// What the laws take

/** Rows of a few sign-ins, out of order, some twice. About every second set has a burst for a usual rule. */
export function rowsArbitrary(): fc.Arbitrary<readonly Row[]> {
  const hostile = fc.array(request, { minLength: 1, maxLength: 7, size: "max" });
  return oneOf([
    [3, hostile],
    [1, sharpEdges],
  ]).map((plans) =>
    plans
      .flatMap((plan) => plan.rows.map((row) => ({ plan, row })))
      .toSorted((a, b) => a.row.turn - b.row.turn)
      .flatMap(({ plan, row }) => Array.from({ length: row.copies }, () => toRow(plan, row))),
  );
}

/** Every final outcome in which a prompt was not passed. */
const everyFailure: readonly Outcome[] = [
  "denied",
  "fraudReported",
  "wrongNumber",
  "noResponse",
  "wrongCode",
  "duplicateAttempt",
  "blocked",
  "technical",
];

/**
 * Any rule. Beside refusals it counts all other failures or none: between two others of the same prompt (a wrong
 * number here, a time-out there) the contract sets no order.
 */
export function ruleArbitrary(): fc.Arbitrary<OracleRule> {
  return fc.record({
    id: fc.constant("any-rule"),
    windowMs: oneOf([
      [5, fc.constantFrom(15 * minute, 10 * minute, 5 * minute)],
      [3, fc.constantFrom(60 * minute, 30 * minute, minute, 10 * second, second)],
      [1, fc.integer({ min: second, max: 60 * minute })],
    ]),
    threshold: oneOf([
      [3, fc.constantFrom(2, 3)],
      [2, fc.integer({ min: 1, max: 5 })],
    ]),
    kind: oneOf<OracleRule["kind"]>([
      [2, fc.constant("sliding")],
      [1, fc.constant("tumbling")],
    ]),
    counted: oneOf<readonly string[]>([
      [5, fc.constant(["denied", "fraudReported"])],
      [1, fc.constant(["denied"])],
      [1, fc.constant(["fraudReported"])],
      [3, fc.constant(everyFailure)],
    ]),
    severity: fc.constantFrom("Medium", "High", "Low", "Informational"),
    approvalRequired: weighted(1, 3),
    approvalWatchMs: fc.constantFrom(60 * minute, 10 * minute, second, 24 * hour),
    approvalRaises: fc.constantFrom("any", "matched"),
  });
}

// ---------------------------------------------------------------------------------------------------------------

function oneOf<T>(
  choices: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<T>])[],
): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** True in `yes` of `yes + no` cases. */
function weighted(yes: number, no: number): fc.Arbitrary<boolean> {
  return oneOf([
    [no, fc.constant(false)],
    [yes, fc.constant(true)],
  ]);
}

function filled(fields: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
