import {
  classifyText,
  isPromptOutcome,
  meansApproval,
  type Outcome,
  type PromptOutcome,
} from "./outcome.ts";
import type { Origin, SignIn, Step } from "./signIn.ts";

/**
 * One prompt as one row shows it. Rows repeat and complete each other, so a prompt can have several
 * sightings; `resolvePrompts` brings them together.
 */
export interface Sighting {
  /** A step of `AuthenticationDetails`, or the row's `Status` where steps may be missing. */
  readonly source: "step" | "status";
  readonly outcome: PromptOutcome;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
  /** When the prompt was sent (`RequestSequence`): its identity where it is known. */
  readonly askedAt: number | null;
  readonly request: string;
  readonly method: string;
  /** Whole second (epoch) of the step; with request and method the identity where `askedAt` is missing. */
  readonly second: number;
  /** When the row was published, by its own account; null where it gives none. */
  readonly publishedAt: number | null;
  readonly origin: Origin;
}

/** What an analyst wants to know of an approval beside its time and address. */
export interface ApprovalDetails {
  readonly location: string | null;
  readonly application: string | null;
  readonly method: string | null;
  readonly session: string | null;
}

/** A fresh approval of a prompt. */
export interface Approval {
  /** Absent in a state of earlier versions. */
  readonly details?: ApprovalDetails;
  readonly source: "step" | "status";
  readonly at: number;
  readonly request: string;
  readonly ipAddress: string | null;
  readonly publishedAt: number | null;
}

/** ResultTypes of a sign-in that got past MFA: success and the interrupts after it. */
export const pastMfa: ReadonlySet<string> = new Set(["0", "50140", "50199"]);

/** What tells when something happened, first choice first: publication lags minutes behind, so it is last. */
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

/** One text of a row, and what it says of a prompt. */
export interface Telling {
  /** The step that it stands in, from 0; null for the row's `Status`. */
  readonly step: number | null;
  readonly text: string;
  readonly outcome: Outcome;
  /** It tells of a prompt that was not approved. */
  readonly ofPrompt: boolean;
  readonly time: KnownTime | null;
  /** Null where it tells of no such prompt, or its time cannot be read. */
  readonly sighting: Sighting | null;
}

/** What a row's texts say of prompts: its steps in their order, then its `Status`. */
export function readTexts(signIn: SignIn): readonly Telling[] {
  const texts: Telling[] = [];
  for (const step of signIn.steps) {
    texts.push(tellStep(signIn, step, texts.length));
  }
  if (signIn.statusText !== null) {
    texts.push(tellStatus(signIn, signIn.statusText));
  }
  return texts;
}

function tellStep(signIn: SignIn, step: Step, index: number): Telling {
  const { text, succeeded, askedAt, method, stepAt } = step;
  const outcome = classifyText(text);
  const time = stepTime(step, signIn);
  if (!isPromptOutcome(outcome) || succeeded === true) {
    return { step: index, text, outcome, ofPrompt: false, time, sighting: null };
  }
  const sighting: Sighting | null = time && {
    source: "step",
    outcome,
    at: time.at,
    askedAt,
    request: signIn.request,
    method,
    second: wholeSecond(stepAt ?? time.at),
    publishedAt: publishedAt(signIn),
    origin: signIn.origin,
  };
  return { step: index, text, outcome, ofPrompt: true, time, sighting };
}

function tellStatus(signIn: SignIn, text: string): Telling {
  const outcome = classifyText(text);
  const time = rowTime(signIn);
  if (!isPromptOutcome(outcome)) {
    return { step: null, text, outcome, ofPrompt: false, time, sighting: null };
  }
  const sighting: Sighting | null = time && {
    source: "status",
    outcome,
    at: time.at,
    askedAt: null,
    request: signIn.request,
    method: "",
    second: wholeSecond(time.at),
    publishedAt: publishedAt(signIn),
    origin: signIn.origin,
  };
  return { step: null, text, outcome, ofPrompt: true, time, sighting };
}

function wholeSecond(at: number): number {
  return Math.floor(at / 1000);
}

/** The fresh approvals that a row shows; one whose time cannot be read tells nothing and is left out. */
export function readApprovals(signIn: SignIn): readonly Approval[] {
  if (!pastMfa.has(signIn.resultType)) {
    return [];
  }
  const common = {
    request: signIn.request,
    ipAddress: signIn.origin.ipAddress,
    publishedAt: publishedAt(signIn),
  };
  const approvals: Approval[] = [];
  for (const step of signIn.steps) {
    const time = stepTime(step, signIn);
    if (step.succeeded !== false && time !== null && meansApproval(step.text, "step")) {
      approvals.push({ source: "step", at: time.at, ...common });
    }
  }
  const time = rowTime(signIn);
  const { statusText } = signIn;
  if (time !== null && statusText !== null && meansApproval(statusText, "status")) {
    approvals.push({ source: "status", at: time.at, ...common });
  }
  return approvals;
}
