import { isDenial, isPromptOutcome, type Outcome, type PromptOutcome } from "./outcome.ts";
import { classifyText, meansApproval } from "./outcomeText.ts";
import type { Details, Origin, RequestBy, SignIn, Step } from "./signIn.ts";

/** The ids of a row's request. */
export interface RequestIds {
  readonly request: string;
  /** Another id of the request; see `SignIn`. */
  readonly requestAlias: string | null;
  readonly requestBy: RequestBy;
}

/** A `none` shows no prompt, but the names, ids and array of its row still count. */
export const sightingSources = ["step", "status", "none"] as const;

/**
 * One prompt as one row shows it. Rows repeat and complete each other, so a prompt can have several sightings,
 * which `resolvePrompts` combines.
 */
export interface Sighting extends RequestIds {
  /** A step of `AuthenticationDetails`, the row's `Status`, or a candidate row in which neither shows a prompt. */
  readonly source: (typeof sightingSources)[number];
  /** `pending` if `source` is `none`. */
  readonly outcome: PromptOutcome;
  /** When it happened (epoch ms). */
  readonly at: number;
  /** When the prompt was sent (`RequestSequence`, epoch ms). It identifies the prompt, if known. */
  readonly askedAt: number | null;
  readonly method: string;
  /**
   * The step's time in whole seconds since the epoch. With request and method it identifies the prompt if `askedAt`
   * is missing.
   */
  readonly second: number;
  /**
   * Whether this is a Status that reports fraud on a row whose last denial step does not. `askedAt`, `method` and
   * `second` are those of the step, which takes over the class if the Status adds no prompt.
   */
  readonly lends: boolean;
  /** The details of the row. */
  readonly details: Details;
  /** When the row was published, by its own account (epoch ms); null if it does not say. */
  readonly publishedAt: number | null;
  readonly origin: Origin;
}

/** Facts about an approval for the analyst, besides its time and address. */
export interface ApprovalDetails {
  readonly location: string | null;
  readonly application: string | null;
  readonly method: string | null;
  readonly session: string | null;
}

/** A fresh approval of a prompt. */
export interface Approval extends RequestIds {
  /** Absent in the state of earlier versions. */
  readonly details?: ApprovalDetails;
  readonly source: "step" | "status";
  readonly at: number;
  readonly ipAddress: string | null;
  readonly publishedAt: number | null;
}

/** ResultTypes of a sign-in that passed MFA: success, and the interrupts after it. */
export const pastMfa: ReadonlySet<string> = new Set(["0", "50140", "50199"]);

/** Sources for the time of an event, first choice first. Publication lags minutes behind, so it is last. */
type TimeSource =
  "StatusSequence" | "authenticationStepDateTime" | "CreatedDateTime" | "TimeGenerated";

interface KnownTime {
  readonly at: number;
  readonly from: TimeSource;
}

function stepTime(step: Step, signIn: SignIn): KnownTime | null {
  return (
    known(step.answeredAt, "StatusSequence") ??
    known(step.stepAt, "authenticationStepDateTime") ??
    rowTime(signIn)
  );
}

function rowTime(signIn: SignIn): KnownTime | null {
  return known(signIn.createdAt, "CreatedDateTime") ?? known(signIn.generatedAt, "TimeGenerated");
}

function known(at: number | null, from: TimeSource): KnownTime | null {
  return at === null ? null : { at, from };
}

export function publishedAt(signIn: SignIn): number | null {
  return signIn.generatedAt ?? signIn.createdAt;
}

/** One text of a row, and what it says about a prompt. */
export interface Telling {
  /** The index of the step, from 0; null for the row's `Status`. */
  readonly step: number | null;
  readonly text: string;
  readonly outcome: Outcome;
  /** Whether the text is about a prompt that was not approved. */
  readonly ofPrompt: boolean;
  readonly time: KnownTime | null;
  /** Null if it is not about such a prompt, or its time cannot be read. */
  readonly sighting: Sighting | null;
}

/** Returns what a row's texts say about prompts: its steps in order, then its `Status`. */
export function readTexts(signIn: SignIn): readonly Telling[] {
  const steps = signIn.steps.map((step, index) => tellStep(signIn, step, index));
  return signIn.statusText === null
    ? steps
    : [...steps, tellStatus(signIn, signIn.statusText, lastDenial(steps))];
}

function tellStep(signIn: SignIn, step: Step, index: number): Telling {
  const { text, succeeded, askedAt, method, stepAt } = step;
  const outcome = classifyText(text);
  const time = stepTime(step, signIn);
  if (!isPromptOutcome(outcome) || succeeded === true) {
    return { step: index, text, outcome, ofPrompt: false, time, sighting: null };
  }
  const sighting =
    time &&
    sightingOf(signIn, {
      source: "step",
      outcome,
      at: time.at,
      askedAt,
      method,
      second: wholeSecond(stepAt ?? time.at),
      lends: false,
    });
  return { step: index, text, outcome, ofPrompt: true, time, sighting };
}

function lastDenial(steps: readonly Telling[]): Sighting | null {
  return (
    steps.findLast(({ sighting }) => sighting !== null && isDenial(sighting.outcome))?.sighting ??
    null
  );
}

function tellStatus(signIn: SignIn, text: string, denial: Sighting | null): Telling {
  const outcome = classifyText(text);
  const time = rowTime(signIn);
  if (!isPromptOutcome(outcome)) {
    return { step: null, text, outcome, ofPrompt: false, time, sighting: null };
  }
  if (time === null) {
    return { step: null, text, outcome, ofPrompt: true, time, sighting: null };
  }
  const { at } = time;
  const lends = outcome === "fraudReported" && denial?.outcome === "denied";
  const { askedAt, method, second } = lends ? denial : unasked(at);
  const shown = { source: "status", outcome, at, askedAt, method, second, lends } as const;
  const sighting = sightingOf(signIn, shown);
  return { step: null, text, outcome, ofPrompt: true, time, sighting };
}

/** Returns the sighting of a candidate row that shows no prompt; null if the row has no readable time. */
export function readBareRow(signIn: SignIn): Sighting | null {
  const time = rowTime(signIn);
  return time && rowSighting(signIn, time.at);
}

function rowSighting(signIn: SignIn, at: number): Sighting {
  const { askedAt, method, second } = unasked(at);
  return sightingOf(signIn, {
    source: "none",
    outcome: "pending",
    at,
    askedAt,
    method,
    second,
    lends: false,
  });
}

/** What identifies a prompt that only the row itself shows. */
function unasked(at: number): Pick<Sighting, "askedAt" | "method" | "second"> {
  return { askedAt: null, method: "", second: wholeSecond(at) };
}

/** Adds the parts that all sightings of a row share. Naming each is many times as fast as copying them. */
function sightingOf(
  signIn: SignIn,
  shown: Pick<Sighting, "source" | "outcome" | "at" | "askedAt" | "method" | "second" | "lends">,
): Sighting {
  return {
    request: signIn.request,
    requestAlias: signIn.requestAlias,
    requestBy: signIn.requestBy,
    lends: shown.lends,
    details: signIn.details,
    publishedAt: publishedAt(signIn),
    origin: signIn.origin,
    source: shown.source,
    outcome: shown.outcome,
    at: shown.at,
    askedAt: shown.askedAt,
    method: shown.method,
    second: shown.second,
  };
}

function wholeSecond(at: number): number {
  return Math.floor(at / 1000);
}

/**
 * Returns the fresh approvals in a row. One without a readable time is left out. A Status repeats what a step of
 * its row says, unless the array was cut off and the last step is missing.
 */
export function readApprovals(signIn: SignIn): readonly Approval[] {
  if (!pastMfa.has(signIn.resultType)) {
    return [];
  }
  const { request, requestAlias, requestBy, statusText, session } = signIn;
  const { ipAddress, location, application } = signIn.origin;
  const common = (method: string | null) => ({
    request,
    requestAlias,
    requestBy,
    ipAddress,
    details: { location, application, method, session },
    publishedAt: publishedAt(signIn),
  });
  const approvals: Approval[] = [];
  for (const step of signIn.steps) {
    const time = stepTime(step, signIn);
    if (step.succeeded !== false && time !== null && meansApproval(step.text, "step")) {
      approvals.push({ source: "step", at: time.at, ...common(step.method || null) });
    }
  }
  const time = rowTime(signIn);
  const isRepeated = approvals.length > 0 && signIn.details !== "cut";
  if (!isRepeated && time !== null && statusText !== null && meansApproval(statusText, "status")) {
    approvals.push({ source: "status", at: time.at, ...common(null) });
  }
  return approvals;
}
