import type { App, Client } from "./clients.ts";
import type { PromptOutcome } from "./outcomes.ts";
import type { Person } from "./people.ts";
import type { Place } from "./places.ts";

export type MfaMethod =
  | "Mobile app notification"
  | "OATH verification code"
  | "Text message"
  | "Phone call approval (Authentication phone)";

/** One MFA challenge. Both times are epoch milliseconds, like the step's two sequences. */
export interface Prompt {
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly method: MfaMethod;
  readonly outcome: PromptOutcome;
}

/** `nps`: RADIUS behind a VPN. Such rows, and those of AD FS, lack `IsInteractive` and steps. */
type Flow = "interactive" | "nonInteractive" | "nps" | "adfs";

type FirstFactor = "password" | "wrongPassword" | "claim" | "federated";

/** One authentication request, which may be written in several rows. */
export interface Attempt {
  readonly person: Person;
  readonly requestId: string;
  readonly correlationId: string;
  readonly sessionId: string;
  readonly flow: Flow;
  readonly firstFactor: FirstFactor;
  readonly startedAt: number;
  readonly address: string;
  readonly place: Place;
  readonly client: Client;
  /** Whether it is the person's own device. */
  readonly ownDevice: boolean;
  readonly app: App;
  /** False if a policy required no second factor. */
  readonly mfaRequired: boolean;
}

/** What one row says about its request at one time. Step arrays accumulate from row to row. */
export interface Snapshot {
  readonly at: number;
  readonly id: string;
  readonly resultType: string;
  readonly additionalDetails?: string;
  readonly prompts: readonly Prompt[];
  readonly mfaByClaim?: boolean;
  /** The row's own spelling of the user's name. */
  readonly upn?: string;
  /** False in records of the older dialect, which have no step sequences. */
  readonly sequences?: boolean;
  /** Whether the password step has the row's failure text. */
  readonly leakedFailure?: boolean;
}

/** A row to be written. `generatedAt` becomes `TimeGenerated`. */
export interface Draft {
  readonly attempt: Attempt;
  readonly snapshot: Snapshot;
  readonly generatedAt: number;
  readonly publishedAt: number;
}
