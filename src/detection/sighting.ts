import { classifyText, isPromptOutcome, meansApproval, type PromptOutcome } from "./outcome.ts";
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

/** A fresh approval of a prompt. */
export interface Approval {
  readonly source: "step" | "status";
  readonly at: number;
  readonly request: string;
  readonly ipAddress: string | null;
  readonly publishedAt: number | null;
}

/** ResultTypes of a sign-in that got past MFA: success and the interrupts after it. */
const pastMfa: ReadonlySet<string> = new Set(["0", "50140", "50199"]);

/** StatusSequence, the step's own time, then the row's times; publication lags minutes behind, so it is last. */
function stepTime(step: Step, signIn: SignIn): number | null {
  return step.answeredAt ?? step.stepAt ?? rowTime(signIn);
}

function rowTime(signIn: SignIn): number | null {
  return signIn.createdAt ?? signIn.generatedAt;
}

export function publishedAt(signIn: SignIn): number | null {
  return signIn.generatedAt ?? signIn.createdAt;
}

/**
 * What a candidate row says of prompts.
 *
 * @returns its sightings; null in place of one whose time cannot be read
 */
export function readSightings(signIn: SignIn): readonly (Sighting | null)[] {
  const common = {
    request: signIn.request,
    publishedAt: publishedAt(signIn),
    origin: signIn.origin,
  };
  const sightings: (Sighting | null)[] = [];
  for (const step of signIn.steps) {
    const outcome = classifyText(step.text);
    if (!isPromptOutcome(outcome) || step.succeeded === true) {
      continue;
    }
    const at = stepTime(step, signIn);
    const { askedAt, method } = step;
    sightings.push(
      at === null
        ? null
        : {
            source: "step",
            outcome,
            at,
            askedAt,
            method,
            second: wholeSecond(step.stepAt ?? at),
            ...common,
          },
    );
  }
  const status = classifyText(signIn.statusText ?? "");
  if (isPromptOutcome(status)) {
    const at = rowTime(signIn);
    sightings.push(
      at === null
        ? null
        : {
            source: "status",
            outcome: status,
            at,
            askedAt: null,
            method: "",
            second: wholeSecond(at),
            ...common,
          },
    );
  }
  return sightings;
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
    const at = stepTime(step, signIn);
    if (step.succeeded !== false && at !== null && meansApproval(step.text, "step")) {
      approvals.push({ source: "step", at, ...common });
    }
  }
  const at = rowTime(signIn);
  if (at !== null && meansApproval(signIn.statusText ?? "", "status")) {
    approvals.push({ source: "status", at, ...common });
  }
  return approvals;
}
